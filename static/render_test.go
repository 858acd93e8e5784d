package static

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// markup is what comments.HTML is to the templates.
type markup string

func (m markup) XHTML() string { return string(m) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// pages returns a page of every template, and more where one leaves parts of
// it out, by a name that begins with the template's.
func pages() map[string]func(io.Writer) error {
	hostile := `"><script>alert(1)</script>'&`
	base := Page{Lang: "en", Title: hostile, Stylesheet: "/postil.css"}
	entries := []ThreadEntry{
		{Anchor: "comment-1", Was: hostile, Name: hostile, Website: "https://a.example/?a&b", Created: noon, Badge: "abcdefgh23456", Owner: true, Pinned: true, Edited: true, ReplyURL: "/comment?a&b", HTML: markup("<p>One<br/>two</p>")},
		{Anchor: "comment-2", Was: "isso-2", Depth: 1, Gone: true},
		{Anchor: "comment-3", Depth: 9, Name: "Cy", Website: "javascript:alert(1)", Created: noon, ParentURL: "thread-1.html#comment-0", HTML: markup("<p>Three</p>")},
	}
	form := FormPage{Page: base, Place: hostile, PageURL: "https://a.example/", Action: "/comment", Token: hostile, PrivacyURL: "/privacy", Mail: true, Notify: true, Email: hostile, Parent: &Quote{hostile, hostile},
		Name: hostile, Website: hostile, Body: "\n" + hostile, Field: "body", Problem: "is empty", Preview: markup("<p>P</p>"), MaxBody: 10}
	name, website, email, other, plain := form, form, form, form, form
	email.Field, plain.Mail = "email", false
	name.Field, website.Field, other.Field, plain.Field, plain.Problem, plain.Preview, plain.Parent = "name", "website", "parent", "", "", nil, nil
	edit := EditPage{Page: base, Action: "/e", Delete: "/d", Key: "k", Body: "b", Until: noon, Preview: markup("<p>P</p>"), MaxBody: 10}
	late := edit
	late.Closed, late.Problem = true, "Too late."
	done := DonePage{Page: base, State: "published", PageURL: "https://a.example/", EditURL: "/e?key=k&x", Until: noon, Replies: "/r", Follow: "on", HTML: markup("<p>D</p>")}
	held, edited, deleted := done, done, DonePage{Page: base, State: "deleted"}
	held.State, edited.State, held.Follow = "held", "edited", "asked"
	follow := FollowPage{Page: base, State: "asked", Site: hostile, Place: hostile, PageURL: "https://a.example/", Quote: hostile, Action: "/f"}
	on, confirmed, stopped, all := follow, follow, follow, follow
	on.State, confirmed.State, stopped.State, all.State, all.Quote = "on", "confirmed", "stopped", "all", ""
	site := PrivacySite{Host: hostile, URL: "https://a.example/", Policy: "auto", EditWindow: time.Hour, Held: time.Hour, Spam: time.Hour,
		Unconfirmed: time.Hour, Audit: time.Hour, Webhooks: []string{hostile}, Hub: hostile}
	thread := ThreadPage{Page: base, Place: "a.example", FeedURL: "feed.xml", FormURL: "/comment", PageURL: "https://a.example/", Older: "thread-1.html", Current: "thread.html", Total: 2, Entries: made(entries...)}
	return map[string]func(io.Writer) error{
		"thread": func(w io.Writer) error { return RenderThread(w, thread) },
		"thread, empty": func(w io.Writer) error {
			return RenderThread(w, ThreadPage{Page: base, Closed: true, Place: "a.example", FeedURL: "feed.xml", PageURL: "https://a.example/"})
		},
		"form":              func(w io.Writer) error { return RenderForm(w, form) },
		"form, name":        func(w io.Writer) error { return RenderForm(w, name) },
		"form, website":     func(w io.Writer) error { return RenderForm(w, website) },
		"form, email":       func(w io.Writer) error { return RenderForm(w, email) },
		"form, other":       func(w io.Writer) error { return RenderForm(w, other) },
		"form, plain":       func(w io.Writer) error { return RenderForm(w, plain) },
		"edit":              func(w io.Writer) error { return RenderEdit(w, edit) },
		"edit, late":        func(w io.Writer) error { return RenderEdit(w, late) },
		"done":              func(w io.Writer) error { return RenderDone(w, done) },
		"done, held":        func(w io.Writer) error { return RenderDone(w, held) },
		"done, edited":      func(w io.Writer) error { return RenderDone(w, edited) },
		"done, deleted":     func(w io.Writer) error { return RenderDone(w, deleted) },
		"follow":            func(w io.Writer) error { return RenderFollow(w, follow) },
		"follow, on":        func(w io.Writer) error { return RenderFollow(w, on) },
		"follow, confirmed": func(w io.Writer) error { return RenderFollow(w, confirmed) },
		"follow, stopped":   func(w io.Writer) error { return RenderFollow(w, stopped) },
		"follow, all":       func(w io.Writer) error { return RenderFollow(w, all) },
		"privacy": func(w io.Writer) error {
			return RenderPrivacy(w, PrivacyPage{Page: base, Mail: true, Sites: []PrivacySite{site}})
		},
		"privacy, for ever": func(w io.Writer) error {
			return RenderPrivacy(w, PrivacyPage{Page: base, Mail: true, Sites: []PrivacySite{{Host: "a.example", Policy: "open"}, {Host: "b.example", Policy: "hold-first"}, {Host: "c.example", Policy: "hold-all"}, {Host: "d.example", Policy: "closed"}}})
		},
		"privacy, no mail": func(w io.Writer) error { return RenderPrivacy(w, PrivacyPage{Page: base, Sites: []PrivacySite{site}}) },
		"problem": func(w io.Writer) error {
			return RenderProblem(w, ProblemPage{Page: base, Status: 404, Text: hostile, BackURL: "/"})
		},
		"problem, dead end": func(w io.Writer) error { return RenderProblem(w, ProblemPage{Page: base, Status: 500}) },
		"demo": func(w io.Writer) error {
			return RenderDemo(w, DemoPage{Page: base, Script: "/postil.js", Integrity: "sha384-+/", FeedURL: "/f", ThreadURL: "/t", FormURL: "/c", DiskPath: "/x/feed.xml"})
		},
	}
}

// made renders entries.
func made(entries ...ThreadEntry) Markup {
	var all markup
	for _, e := range entries {
		e.Lang = "en"
		all += markup(RenderEntry(e).XHTML())
	}
	return all
}

func rendered(t *testing.T, name string) string {
	t.Helper()
	var b bytes.Buffer
	if err := pages()[name](&b); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.String()
}

func TestEveryPageIsWellFormedAndHarmless(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"page": true, "fragment": true} // parts of pages
	for name := range pages() {
		seen[strings.Split(name, ",")[0]] = true
		body := rendered(t, name)
		wellFormed(t, name, body)
		for _, bad := range []string{"<script>", " style=", " onclick=", "javascript:", "<style", "<no value>", "%!", ">done.", ">follow.", ">privacy."} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %s:\n%s", name, bad, body)
			}
		}
		for _, good := range []string{"<!DOCTYPE html>", `<html lang="en">`, `name="viewport"`, `href="/postil.css"`, "<main>", "<h1>"} {
			if !strings.Contains(body, good) {
				t.Errorf("%s lacks %s", name, good)
			}
		}
		if listed := !strings.Contains(body, "noindex"); listed != strings.HasPrefix(name, "thread") {
			t.Errorf("%s may be listed by search engines: %v", name, listed)
		}
	}
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[strings.TrimSuffix(f.Name(), ".html")] && !strings.HasPrefix(f.Name(), "admin") { // those have a test of their own
			t.Errorf("no test renders %s", f.Name())
		}
	}
}

// wellFormed checks that a page is XML but for its doctype, that ids are
// unique, and that what labels and descriptions refer to exists.
func wellFormed(t *testing.T, name, body string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(body))
	ids, wanted := map[string]bool{}, map[string]string{}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, body)
		}
		start, _ := token.(xml.StartElement)
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if ids[a.Value] {
					t.Errorf("%s: two elements have the id %s", name, a.Value)
				}
				ids[a.Value] = true
			case "for", "aria-labelledby", "aria-describedby":
				for _, id := range strings.Fields(a.Value) {
					wanted[id] = a.Name.Local
				}
			}
		}
	}
	for id, by := range wanted {
		if !ids[id] {
			t.Errorf("%s: %s refers to %s, which is not there", name, by, id)
		}
	}
}

func TestThreadPageSaysWhatItHolds(t *testing.T) {
	t.Parallel()
	body := rendered(t, "thread")
	for _, want := range []string{
		`<article class="entry depth-0" id="comment-1" aria-labelledby="comment-1-by">`,
		`<a href="https://a.example/?a&amp;b" rel="nofollow ugc noopener" target="_top">`,
		`<a class="when" href="#comment-1"><time datetime="2026-11-22T12:00:00Z">22 November 2026, 12:00 UTC</time></a>`,
		`<header class="by"><span class="was" id="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;"></span><h2 id="comment-1-by"><svg xmlns="http://www.w3.org/2000/svg" class="face" `,
		`</h2>` + "\n" + `<span class="badge" title="Signed name, badge abcdefgh23456">abcde</span>`,
		`<span class="mark owner">owner</span>` + "\n" + `<span class="mark">pinned</span>` + "\n" + `<span class="mark">edited</span></header>`,
		`<div class="words"><p>One<br/>two</p></div>`,
		`<a class="reply" href="/comment?a&amp;b" target="_top">Reply</a>`,
		`<p class="gone depth-1" id="comment-2"><span class="was" id="isso-2"></span>This comment was removed.</p>`,
		`<p class="answers"><a href="thread-1.html#comment-0">In reply to an earlier comment</a></p>`,
		`<a class="older" href="thread-1.html" rel="prev">Older comments</a>`,
		`<a class="current" href="thread.html">Newest comments</a>`,
		`<span class="count">2 comments</span>`,
		`<link rel="alternate" type="application/atom+xml"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s in\n%s", want, body)
		}
	}
	if empty := rendered(t, "thread, empty"); !strings.Contains(empty, "No comments yet.") || !strings.Contains(empty, "Comments are closed.") {
		t.Errorf("a closed thread without comments says\n%s", empty)
	}
}

func TestFormKeepsWhatWasTypedAndNamesTheFault(t *testing.T) {
	t.Parallel()
	body := rendered(t, "form")
	for _, want := range []string{
		`aria-describedby="body-hint body-problem" aria-invalid="true"`,
		`<span class="problem" id="body-problem">Comment is empty</span>`,
		// A browser drops the first line break of a textarea, ours not the reader's.
		"autofocus=\"autofocus\">\n\n&#34;&gt;&lt;script&gt;",
		`<input type="hidden" name="token" value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;"/>`,
		`<div class="words"><p>P</p></div>`,
		`<button type="submit" name="do" value="post">`,
		`<button type="submit" name="do" value="preview">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s in\n%s", want, body)
		}
	}
	if other := rendered(t, "form, other"); !strings.Contains(other, `role="alert">parent is empty</p>`) {
		t.Errorf("a fault elsewhere reads\n%s", other)
	}
	if n := strings.Count(body, `class="face"`); n > 0 {
		t.Errorf("%d pictures in a form", n)
	}
	if plain := rendered(t, "form, plain"); strings.Contains(plain, "aria-invalid") || strings.Contains(plain, "role=\"alert\"") {
		t.Errorf("without a fault it reads\n%s", plain)
	}
}

// Machines fill in whatever they find; people must neither see it nor get
// there by keyboard or screen reader, nor have it filled in by their browser.
func TestTrapIsForMachinesOnly(t *testing.T) {
	t.Parallel()
	want := `<p class="trap" aria-hidden="true"><label for="url">Leave this empty</label> <input id="url" name="url" tabindex="-1" autocomplete="off"/></p>`
	if body := rendered(t, "form"); !strings.Contains(body, want) {
		t.Errorf("lacks %s in\n%s", want, body)
	}
}

func TestAddressIsAskedForOnlyWhereThereIsMail(t *testing.T) {
	t.Parallel()
	for name, asked := range map[string]bool{"form": true, "form, plain": false} {
		for _, part := range []string{`name="email"`, `name="notify" type="checkbox" value="yes" checked="checked"`} {
			if body := rendered(t, name); strings.Contains(body, part) != asked {
				t.Errorf("%s has %s: %v", name, part, !asked)
			}
		}
	}
}

func TestPrivacyPageSaysWhatTheSettingsSay(t *testing.T) {
	t.Parallel()
	for name, wants := range map[string][]string{
		"privacy": {"You can edit a comment for 1 hour, and delete it at any time.", "is erased after 1 hour.", "if they look right",
			"An e-mail address that nobody confirms is forgotten after 1 hour.", "An e-mail address only if you ask for answers by mail.", "kept for 1 hour; none of your words"},
		"privacy, for ever": {"You cannot edit a comment", "kept until one does", "kept until a moderator erases it", "Nothing is passed on to anyone.",
			"unless they are spam beyond doubt", "wait for a moderator until one of the same signed name", "Every comment waits", "No new comments are taken"},
		"privacy, no mail": {"No e-mail address. This service sends no mail."},
	} {
		for _, want := range wants {
			if body := rendered(t, name); !strings.Contains(body, want) {
				t.Errorf("%s lacks %q in\n%s", name, want, body)
			}
		}
	}
	if body := rendered(t, "privacy, no mail"); strings.Contains(body, "that nobody confirms") {
		t.Errorf("without mail it tells of addresses:\n%s", body)
	}
}

func TestDemoCarriesTheScriptWithItsIntegrity(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	a := Hashed("postil.js")
	err := RenderDemo(&b, DemoPage{Page: Page{Lang: "en"}, Script: "http://127.0.0.1:8080" + a.Path, Integrity: a.Integrity, Site: "localhost", Path: "/demo"})
	if err != nil {
		t.Fatal(err)
	}
	want := `<script src="http://127.0.0.1:8080` + a.Path + `" integrity="` + strings.NewReplacer("+", "&#43;").Replace(a.Integrity) + `" crossorigin="anonymous" async="async"></script>`
	if !strings.Contains(b.String(), want) || !strings.Contains(b.String(), `<postil-thread site="localhost" page="/demo">`) {
		t.Errorf("lacks %s in\n%s", want, b.String())
	}
}

func TestUntrustedMarkupHasOneDoor(t *testing.T) {
	t.Parallel()
	var found []string
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, regexp.MustCompile(`template\.(HTML|HTMLAttr|JS|CSS|URL|Srcset)\(|\bentryMarkup\(\w+`).FindAllString(string(source), -1)...)
	}
	slices.Sort(found)
	doors := strings.Count(strings.Join(found, " "), "template.")
	want := []string{"entryMarkup(Identicon", "entryMarkup(html", "entryMarkup(strconv", "entryMarkup(trusted", "entryMarkup(w", "template.HTML("}
	if doors != 1 || !slices.Equal(slices.Compact(found), want) {
		t.Errorf("markup gets past the escaping by %q", found)
	}
}

func BenchmarkRenderThread(b *testing.B) {
	p := ThreadPage{Page: Page{Lang: "en", Title: "t", Stylesheet: "/postil.css"}, Place: "a.example", Total: 150}
	entry := ThreadEntry{Anchor: "comment-01935000-0000-7000-8000-000000000001", Depth: 1, Name: "Ann Example",
		Website: "https://ann.example/", Created: noon, ReplyURL: "https://c.example/comment?site=a.example&page=%2Fpost", HTML: markup("<p>Words</p>")}
	for b.Loop() {
		p.Entries = made(slices.Repeat([]ThreadEntry{entry}, 150)...)
		if err := RenderThread(io.Discard, p); err != nil {
			b.Fatal(err)
		}
	}
}
