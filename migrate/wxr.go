package migrate

import (
	"context"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"postil/comments"
)

func wordpressFormat() *Format {
	return &Format{
		Name: "wordpress", Source: "wordpress", Describe: "an export of WordPress (WXR)", xml: true, text: readWXR(false),
		looks: func(h *heading) bool { return h.root == "rss" && h.prefix("wp", "wordpress.org/export") },
	}
}

// disqusWXRFormat is what Disqus takes in and users keep: the same elements,
// with the blog's own name of a thread.
func disqusWXRFormat() *Format {
	return &Format{
		Name: "disqus-wxr", Source: "disqus-wxr", Describe: "a file for import into Disqus (WXR with dsq:thread_identifier)", xml: true, text: readWXR(true),
		looks: func(h *heading) bool { return h.root == "rss" && h.prefix("dsq", "disqus.com") },
	}
}

// wxr is the state of reading one file. An item may hold any number of
// comments, so they are passed on one by one, before its end is known.
type wxr struct {
	*document
	pass   emit
	disqus bool
	zone   *time.Location // in which the blog writes its local dates, as far as known

	items  int
	thread Thread // of the item under way
	kind   string // of its post
	posts  int
	draft  bool
	local  string // its date in the blog's zone
	place  Place
}

func readWXR(disqus bool) func(context.Context, *stream, emit) {
	return func(_ context.Context, s *stream, pass emit) {
		w := &wxr{pass: pass, disqus: disqus, zone: time.UTC}
		walkXML(s, pass, []string{"item", "wp:comment"}, func(d *document, start xml.StartElement) error {
			w.document = d
			return w.element(start)
		})
		w.endItem()
	}
}

// element takes an element at whatever level it begins; what is around is
// remembered.
func (w *wxr) element(start xml.StartElement) error {
	switch start.Name.Local {
	case "rss", "channel":
		return nil
	case "item":
		if !w.endItem() {
			return errStop
		}
		w.items++
		w.thread, w.kind, w.posts, w.draft, w.local, w.place = Thread{Key: fmt.Sprintf("%s#%d", w.name, w.items)}, "", 0, false, "", w.at()
		return nil
	case "comment":
		return w.comment(start)
	case "link", "guid", "thread_identifier", "comment_status", "post_type", "status", "post_date_gmt", "post_date":
		e, err := w.document.element(start)
		if err == nil && w.items > 0 {
			w.detail(start.Name.Local, e.text)
		}
		return err
	default:
		return w.skip()
	}
}

// detail takes in what an item says of its thread.
func (w *wxr) detail(name, text string) {
	t := &w.thread
	switch name {
	case "link":
		t.Address = text
	case "guid", "thread_identifier":
		if name == "thread_identifier" || t.Name == "" {
			t.Name = text
		}
	case "comment_status":
		t.Closed = text == "closed"
	case "post_type":
		w.kind = text
	case "status":
		w.draft = text == "trash" || text == "auto-draft"
		t.Gone = w.draft
	case "post_date":
		w.local = text
	case "post_date_gmt":
		w.learnZone(w.local, parseTime(text))
	}
}

// endItem passes on the thread of the item that ends. Posts without comments
// are the rule, and attachments and menus are no threads at all.
func (w *wxr) endItem() bool {
	if w.items == 0 || w.posts == 0 && w.kind != "" && w.kind != "post" && w.kind != "page" {
		return true
	}
	return w.pass(Item{Place: w.place, Thread: w.thread}, nil)
}

func (w *wxr) comment(start xml.StartElement) error {
	place := w.at()
	e, err := w.document.element(start)
	if err != nil {
		return err
	}
	w.posts++
	source := e.get("comment_content")
	item := Item{Place: place, Thread: Thread{Key: w.thread.Key}, Comment: &comments.Record{
		Origin: comments.Origin{ID: e.get("comment_id")}, Parent: e.get("comment_parent"),
		Author: comments.Author{Name: e.get("comment_author"), Website: website(e.get("comment_author_url"))},
		Email:  e.get("comment_author_email"), Source: paragraphs(source), Markup: comments.SourceHTML,
		Created: w.date(&e),
	}}
	if a := &item.Comment.Author; !w.disqus { // WordPress keeps them escaped, behind what XML escapes
		a.Name, a.Website = unescaped(a.Name), website(unescaped(e.get("comment_author_url")))
	}
	if item.Comment.Parent == "0" {
		item.Comment.Parent = ""
	}
	item.Comment.Status, item.Skip = approval(e.get("comment_approved"), w.disqus)
	switch e.get("comment_type") {
	case "", "comment":
	case "pingback", "trackback":
		item.Skip = Pingback
	default:
		item.Skip = NoComment
	}
	if !w.pass(item, nil) {
		return errStop
	}
	return nil
}

func approval(approved string, disqus bool) (comments.Status, Reason) {
	switch approved {
	case "1", "approve", "approved":
		return comments.Published, ""
	case "":
		if disqus { // which leaves it out of its own example
			return comments.Published, ""
		}
		return comments.Held, ""
	case "spam":
		return "", Spam
	case "trash", "post-trashed":
		return "", Deleted
	default: // 0, hold
		return comments.Held, ""
	}
}

// date reads a comment's date. Old exports have zeros for the one in UTC and
// only the local one, whose zone the two dates of its post, or of the comment
// before, tell.
func (w *wxr) date(e *element) time.Time {
	local, t := e.get("comment_date"), parseTime(e.get("comment_date_gmt"))
	if !t.IsZero() {
		w.learnZone(local, t)
		return t
	}
	at, err := time.ParseInLocation(time.DateTime, local, w.zone)
	if err != nil {
		return t
	}
	return plausible(at)
}

// learnZone takes the blog's zone from a moment that is given in both ways.
func (w *wxr) learnZone(local string, t time.Time) {
	at, err := time.ParseInLocation(time.DateTime, local, time.UTC)
	if err != nil || t.IsZero() {
		return
	}
	if off := at.Sub(t); off.Abs() <= 14*time.Hour && off%(15*time.Minute) == 0 {
		w.zone = time.FixedZone("UTC"+strconv.FormatFloat(off.Hours(), 'f', -1, 64), int(off.Seconds()))
	}
}
