package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// miniflux is the release whose parser reads our feeds.
const miniflux = "miniflux.app/v2@v2.3.5"

// item is a comment as a feed reader shows it.
type item struct{ id, author, title, link, words string }

// reader follows a feed and returns what it shows of it now, by link.
type reader func(t *testing.T, feed string) map[string]item

// newsboat returns how to begin with newsboat: each reader has a cache of its
// own, as people have, and uses it at each call.
func newsboat(t *testing.T) func() reader {
	t.Helper()
	program := tool(t, "newsboat")
	return func() reader { return newsboatReader(t, program) }
}

func newsboatReader(t *testing.T, program string) reader {
	t.Helper()
	folder := t.TempDir()
	writeFile(t, "", folder, "config")
	return func(t *testing.T, feed string) map[string]item {
		t.Helper()
		writeFile(t, feed+"\n", folder, "urls")
		cache := filepath.Join(folder, "cache.db")
		cmd := exec.Command(program, "-q", "-u", filepath.Join(folder, "urls"), "-c", cache, "-C", filepath.Join(folder, "config"), "-x", "reload")
		cmd.Env = append(os.Environ(), "HOME="+folder, "LANG=C.UTF-8")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return cached(t, cache, feed)
	}
}

// cached reads what newsboat has in its cache of a feed.
func cached(t *testing.T, cache, feed string) map[string]item {
	t.Helper()
	db, err := sql.Open("sqlite", cache)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT guid, author, title, url, content FROM rss_item WHERE feedurl = ? AND deleted = 0", feed)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	items := map[string]item{}
	for rows.Next() {
		var i item
		if err := rows.Scan(&i.id, &i.author, &i.title, &i.link, &i.words); err != nil {
			t.Fatal(err)
		}
		items[i.link] = i
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}

// minifluxParser builds a program around Miniflux's parser, which remembers
// nothing.
func minifluxParser(t *testing.T) func() reader {
	t.Helper()
	folder := t.TempDir()
	download := exec.Command(tool(t, "go"), "mod", "download", "-json", miniflux)
	download.Dir = folder
	out, err := download.Output()
	var module struct{ Dir string }
	if err != nil || json.Unmarshal(out, &module) != nil || module.Dir == "" {
		t.Fatalf("%s: %v\n%s", miniflux, err, out)
	}
	if err := os.CopyFS(filepath.Join(folder, "src"), os.DirFS(module.Dir)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "miniflux", "main.go.txt"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, string(text), folder, "src", "postil", "main.go")
	program := filepath.Join(folder, "parse")
	said(t, nil, "go", "build", "-C", filepath.Join(folder, "src"), "-o", program, "./postil")
	read := func(t *testing.T, feed string) map[string]item {
		t.Helper()
		status, body := get(t, feed)
		if status != http.StatusOK {
			t.Fatalf("%s answers %d", feed, status)
		}
		return parsed(t, said(t, []byte(body), program, feed))
	}
	return func() reader { return read }
}

func parsed(t *testing.T, out []byte) map[string]item {
	t.Helper()
	var feed struct {
		Entries []struct{ Hash, Author, Title, URL, Content string }
	}
	if err := json.Unmarshal(out, &feed); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	items := map[string]item{}
	for _, e := range feed.Entries {
		items[e.URL] = item{e.Hash, e.Author, e.Title, e.URL, e.Content}
	}
	return items
}

// edit changes the words of a comment.
func (p *process) edit(t *testing.T, a answer, body string) {
	t.Helper()
	status, _, err := call(http.MethodPatch, p.base+"/api/v1/comments/"+a.ID, fmt.Sprintf(`{"body":%q}`, body), "Authorization", "Bearer "+a.EditKey)
	if err != nil || status/100 != 2 {
		t.Fatalf("editing: %d %v", status, err)
	}
}

// remove deletes a comment.
func (p *process) remove(t *testing.T, a answer) {
	t.Helper()
	status, _, err := call(http.MethodDelete, p.base+"/api/v1/comments/"+a.ID, "", "Authorization", "Bearer "+a.EditKey)
	if err != nil || status/100 != 2 {
		t.Fatalf("deleting: %d %v", status, err)
	}
}

// followed is a thread with what happens to comments, and those who follow it.
type followed struct {
	*testing.T
	*process
	edited, answered, lonely answer
	begin                    func() reader
}

func follow(t *testing.T, begin func() reader) *followed {
	t.Helper()
	f := &followed{T: t, begin: begin, process: serveProgram(t, "--data", t.TempDir(), "--rate", "0", "--site", "https://blog.example")}
	f.edited = f.post(t, "blog.example", "/post", "first *words*, `a < b`")
	f.answered = f.post(t, "blog.example", "/post", "words to be answered")
	f.submit(t, map[string]any{"site": "blog.example", "page": "/post", "parent": f.answered.ID, "name": "Bob", "body": "the answer"})
	f.lonely = f.post(t, "blog.example", "/post", "words that go")
	return f
}

func linkOf(a answer) string { return "https://blog.example/post#comment-" + a.ID }

// all checks that a reader shows every comment as it was written.
func (f *followed) all(read reader, feed string) {
	f.Helper()
	var got map[string]item
	eventually(f.T, feed+" has all comments", func() bool { got = read(f.T, feed); return len(got) == 4 })
	one := got[linkOf(f.edited)]
	if one.author != "Ann" || !strings.Contains(one.words, "<em>words</em>") || !strings.Contains(one.words, "a &lt; b") || !strings.Contains(one.title, "Ann") {
		f.Errorf("%s: %+v", feed, one)
	}
}

// changed checks what a reader shows who knew the comments, and what another
// does who subscribes now.
func (f *followed) changed(read reader, feed string, tombstone bool) {
	f.Helper()
	var got map[string]item
	eventually(f.T, feed+" shows the edit", func() bool {
		got = read(f.T, feed)
		return strings.Contains(got[linkOf(f.edited)].words, "other <em>words</em>")
	})
	late := f.begin()(f.T, feed)
	if late[linkOf(f.edited)] != got[linkOf(f.edited)] {
		f.Errorf("%s: the edited comment is %+v to one reader, and %+v to another", feed, got[linkOf(f.edited)], late[linkOf(f.edited)])
	}
	if _, there := late[linkOf(f.lonely)]; there {
		f.Errorf("%s still has a deleted comment", feed)
	}
	if _, there := late[linkOf(f.answered)]; there != tombstone {
		f.Errorf("%s has a deleted comment that has an answer: %v, want %v", feed, there, tombstone)
	}
	for who, items := range map[string]map[string]item{"who knew it": got, "who did not": late} {
		if one := items[linkOf(f.answered)]; tombstone && (!strings.Contains(one.words, "removed") || strings.Contains(one.words, "to be answered") || one.author == "Ann") {
			f.Errorf("%s, to a reader %s: the deleted comment is %+v", feed, who, one)
		}
	}
}

// TestFeedReadersFollowThreadsAndSites follows both feeds, through an edit and
// two deletions. Where a comment leaves a gap in a thread, its feed says so to
// those too who had the words; elsewhere it is gone from the feed.
func TestFeedReadersFollowThreadsAndSites(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) func() reader{"newsboat": newsboat, "miniflux": minifluxParser} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := follow(t, start(t))
			thread, latest := f.base+"/feeds/blog.example/post/feed.xml", f.base+"/sites/blog.example/latest.xml"
			ofThread, ofSite := f.begin(), f.begin()
			f.all(ofThread, thread)
			f.all(ofSite, latest)
			f.edit(t, f.edited, "other *words*")
			f.remove(t, f.answered)
			f.remove(t, f.lonely)
			f.changed(ofThread, thread, true)
			f.changed(ofSite, latest, false)
		})
	}
}
