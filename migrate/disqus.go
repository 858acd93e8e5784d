package migrate

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"postil/comments"
)

const disqusSpace = "http://disqus.com/disqus-internals"

func disqusFormat() *Format {
	return &Format{
		Name: "disqus", Source: "disqus", Describe: "an export of Disqus (XML)", xml: true, text: readDisqus,
		looks: func(h *heading) bool { return h.root == "disqus" },
	}
}

// readDisqus reads category, thread and post elements below the root. Threads
// and posts are joined by the attribute dsq:id; the id elements are the
// blog's own names, mostly empty.
func readDisqus(_ context.Context, s *stream, pass emit) {
	walkXML(s, pass, []string{"post", "thread"}, func(d *document, start xml.StartElement) error {
		switch start.Name.Local {
		case "disqus":
			return nil
		case "thread", "post":
			place := d.at()
			e, err := d.element(start)
			if err != nil {
				return err
			}
			if start.Name.Local == "thread" && len(e.children) == 0 {
				return nil // only a reference, within a post that was damaged
			}
			item := disqusThread(&e)
			if start.Name.Local == "post" {
				item = disqusPost(&e)
			}
			item.Place = place
			if !pass(item, nil) {
				return errStop
			}
			return nil
		default:
			return d.skip()
		}
	})
}

// errStop ends a reader whose items are no longer wanted.
var errStop = errors.New("stop")

// walkXML has each take the elements that begin, and goes on behind damage if
// that is wanted.
func walkXML(s *stream, pass emit, rows []string, each func(*document, xml.StartElement) error) {
	d := newDocument(s, rows...)
	for {
		start, err := d.start()
		if err == nil {
			err = each(d, start)
		}
		switch {
		case err == nil:
			continue
		case err == io.EOF || err == errStop:
			return
		case errors.Is(err, errDTD):
			pass(Item{}, errors.New(s.at().String()+": "+err.Error()))
			return
		}
		if !pass(Item{}, d.damage(err)) || !d.resume() {
			return
		}
	}
}

// disqusKey returns the number that joins elements: the attribute, or where a
// file lacks it the text.
func disqusKey(e *element) string {
	if e == nil {
		return ""
	}
	if id := e.attr(disqusSpace, "dsq", "id"); id != "" {
		return id
	}
	return e.text
}

func disqusThread(e *element) Item {
	return Item{Thread: Thread{
		Key: disqusKey(e), Address: e.get("link"), Name: e.get("id"),
		Closed: truth(e.get("isClosed"), false), Gone: truth(e.get("isDeleted"), false),
	}}
}

func disqusPost(e *element) Item {
	r := &comments.Record{
		Origin: comments.Origin{ID: disqusKey(e)}, Parent: disqusKey(e.child("parent")),
		Author: comments.Author{Name: e.get("author", "name"), Website: website(e.get("author", "link"))}, Email: e.get("author", "email"),
		Source: e.get("message"), Markup: comments.SourceHTML, Status: comments.Published, Created: parseTime(e.get("createdAt")),
		Pinned: truth(e.get("isHighlighted"), false),
	}
	item := Item{Thread: Thread{Key: disqusKey(e.child("thread"))}, Comment: r}
	switch {
	case truth(e.get("isSpam"), false):
		item.Skip = Spam
	case truth(e.get("isDeleted"), false):
		item.Skip = Deleted
	case !truth(e.get("isApproved"), true):
		r.Status = comments.Held
	}
	if r.Source == "" && r.Author.Name == "" && item.Skip == "" {
		item.Skip = Deleted // all that a deleted account leaves
	}
	r.Author.Name = strings.TrimSpace(r.Author.Name)
	return item
}
