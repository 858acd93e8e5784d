package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"postil/static/browser"
)

// hand is a browser and the hand that writes in it.
type hand interface {
	Open(url string)
	Click(css string)
	Write(css, text string)
	Text(css, want string)
	Wait(expression string, want any)
	Eval(expression string) any
}

// everythingByScript writes, answers, previews, edits and deletes on a blog of
// another origin, under the strictest policy.
func everythingByScript(t *testing.T, b hand) {
	t.Helper()
	blog := (&browser.Blog{Element: `<postil-thread></postil-thread>`}).Listen(t)
	s, public := serveHere(t, blog.URL())
	blog.Serve(t, s.base)
	folder := filepath.Join(public, "feeds", strings.TrimPrefix(blog.URL(), "http://"), "post")
	const own, below = ".thread > .form ", ".branch > .form "

	b.Open(blog.URL() + "/post")
	b.Write(own+"[name=body]", "Tea is best")
	b.Write(own+"[name=name]", "Ann#hush")
	b.Click(own + ".buttons button:nth-child(2)")
	b.Text(own+".preview", "Tea is best")
	b.Click(own + ".post")
	b.Text(".thread > .status", "Your comment is published.")
	b.Text(".entry .name", "Ann")
	onDisk(t, folder, "Tea is best")

	b.Wait(`(getSelection().selectAllChildren(root.querySelector('.words')), 0)`, 0.0)
	b.Click(".reply")
	b.Wait(`root.querySelector('.branch > .form [name=body]').value`, "> Tea is best\n\n")
	b.Write(below+"[name=body]", "Coffee is")
	b.Click(below + ".tool.bold") // where nothing is selected, its marks are for what comes
	b.Write(below+"[name=body]", "n't")
	b.Click(below + ".post")
	b.Text(".answers .words", "Tea is best\n\nCoffee isn't")
	onDisk(t, folder, "Coffee is<strong>n")

	b.Click(".answers .edit")
	b.Write(".answers .form [name=body]", "!")
	b.Click(".answers .form .post")
	b.Text(".thread > .status", "Your changes are saved.")
	b.Text(".answers .mark", "edited")

	b.Open(blog.URL() + "/post") // the keys are kept
	b.Click(".answers .delete")
	b.Wait(`!!root.querySelector('.answers .delete').onblur`, true)
	b.Click(".answers .delete")
	b.Text(".thread > .status", "Your comment is deleted.")
	b.Wait(`root.querySelectorAll('.entry').length`, 1.0)
	if fileHas(filepath.Join(folder, "feed.xml"), "Coffee") {
		t.Error("what was deleted is in the feed")
	}
	b.Open(blog.URL() + "/post")
	b.Text(".entry .words", "Tea is best")
}

func TestEverythingByScriptInChromium(t *testing.T) {
	t.Parallel()
	everythingByScript(t, browser.NewTab(t))
}

func TestEverythingByScriptInFirefox(t *testing.T) {
	t.Parallel()
	everythingByScript(t, browser.NewFirefox(t))
}

// followByScript follows the answers to a comment by the feed that its writer
// is shown.
func followByScript(t *testing.T, b hand) {
	t.Helper()
	blog := (&browser.Blog{Element: `<postil-thread></postil-thread>`}).Listen(t)
	s, _ := serveHere(t, blog.URL())
	blog.Serve(t, s.base)
	b.Open(blog.URL() + "/post")
	b.Write("[name=body]", "A question")
	b.Click(".post")
	b.Text(".follow a", "Feed of answers to your comment")
	url := b.Eval(`root.querySelector('.follow a').href`).(string)
	b.Click(".reply")
	b.Write(".branch [name=body]", "An answer")
	b.Click(".branch .post")
	b.Text(".answers .words", "An answer")
	eventually(t, "the answer is in its feed", func() bool {
		status, body := get(t, url)
		return status == http.StatusOK && strings.Contains(body, "An answer") && !strings.Contains(body, "A question")
	})
}

func TestAnswersAreFollowedByScriptInChromium(t *testing.T) {
	t.Parallel()
	followByScript(t, browser.NewTab(t))
}

func TestAnswersAreFollowedByScriptInFirefox(t *testing.T) {
	t.Parallel()
	followByScript(t, browser.NewFirefox(t))
}
