package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"postil/static/browser"
)

// blogWithForms is a blog of another origin with the links that stand inside
// the element, for whom no script runs.
func blogWithForms(t *testing.T, args ...string) (blog *browser.Blog, p *process, folder string) {
	t.Helper()
	blog = (&browser.Blog{}).Listen(t)
	data := t.TempDir()
	p = serveProgram(t, append([]string{"--site", blog.URL(), "--data", data}, args...)...)
	host := strings.TrimPrefix(blog.URL(), "http://")
	blog.Element = fmt.Sprintf(`<postil-thread><a id="form" href="%[1]s/comment?site=%[2]s&amp;page=/post">Write</a>
		<a id="thread" href="%[1]s/feeds/%[2]s/post/thread.html">Read</a></postil-thread>`, p.base, host)
	blog.Serve(t, p.base)
	return blog, p, filepath.Join(data, "public", "feeds", host, "post")
}

// writeByForms previews, posts and follows by mail.
func writeByForms(t *testing.T, b browser.Reader) {
	t.Helper()
	const reader = "reader@mail.example"
	sink := newMailSink(t, "")
	blog, _, folder := blogWithForms(t, "--smtp", sink.url(""), "--mail-from", "comments@blog.example")
	b.Open(blog.URL() + "/post")
	b.Press("#form")
	b.Fill("[name=body]", "Tea is *best*")
	b.Fill("[name=name]", "Ann#hush")
	b.Press("button[value=preview]")
	b.Reads(".preview .words em", "best")
	b.Fill("[name=email]", reader)
	b.Press("[name=notify]")
	b.Press("button[value=post]")
	b.Reads("h1", "Your comment is published")
	b.Reads(".follow", "A mail is on its way that asks whether the address is yours. Answers are sent there once you have said yes.")
	onDisk(t, folder, "<em>best</em>")

	b.Open(sink.await(t, reader, 1).link(t, "/follow/"))
	b.Reads("h1", "Shall answers come to you by mail?")
	b.Press("button[value=confirm]")
	b.Reads("h1", "Answers will come to you by mail")
}

// answerByForms answers, edits and deletes.
func answerByForms(t *testing.T, b browser.Reader) {
	t.Helper()
	blog, p, folder := blogWithForms(t)
	p.post(t, strings.TrimPrefix(blog.URL(), "http://"), "/post", "Tea is *best*")
	onDisk(t, folder, "<em>best</em>")
	b.Open(blog.URL() + "/post")
	b.Press("#thread")
	b.Reads("article h2", "Ann")
	b.Press("article .reply")
	b.Reads(".quote p", "Tea is best")
	b.Press("button[value=post]") // empty: the browser says so, and posts nothing
	b.Fill("[name=body]", "Coffee")
	b.Press("button[value=post]")
	b.Reads("h1", "Your comment is published")
	onDisk(t, folder, "Coffee")

	b.Press(`a[href*="/edit"]`)
	b.Fill("[name=body]", ", black")
	b.Press("button[value=post]")
	b.Reads("h1", "Your comment is changed")
	onDisk(t, folder, ", black")
	b.Press(`a[href*="/edit"]`)
	b.Press(".delete button")
	b.Reads("h1", "Your comment is deleted")
	if fileHas(filepath.Join(folder, "feed.xml"), "Coffee") {
		t.Error("what was deleted is in the feed")
	}
}

func TestFormsWriteInChromium(t *testing.T) {
	t.Parallel()
	writeByForms(t, browser.NewPlainTab(t))
}

func TestFormsAnswerInChromium(t *testing.T) {
	t.Parallel()
	answerByForms(t, browser.NewPlainTab(t))
}

func TestFormsWriteInFirefox(t *testing.T) {
	t.Parallel()
	writeByForms(t, browser.NewPlainFirefox(t))
}

func TestFormsAnswerInFirefox(t *testing.T) {
	t.Parallel()
	answerByForms(t, browser.NewPlainFirefox(t))
}
