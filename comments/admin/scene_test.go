package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postil/comments"
)

// scene is a world in which much has happened, for looking at the pages.
type scene struct {
	*world
	held      comments.Comment // signed, with verdicts
	published comments.Comment
	spam      comments.Comment
	long      comments.Comment
	reply     comments.Comment
}

// words stand for a classifier.
func words(context.Context, comments.Comment, comments.Site) ([]Word, error) {
	return []Word{{"cheap", .93}, {"link: pills.example", .87}, {"proof", -.62}, {"thanks", -.4}}, nil
}

func newScene(w *world) *scene {
	s := &scene{world: w}
	s.published = w.comment("The second half is the part that I had been missing: *an index is a promise about order*, not only about speed.\n\nDoes it hold for partial indexes too?", 0,
		func(d *comments.Draft) { d.Name = "Marie Lindqvist#spring"; d.Website = "https://lindqvist.example/" })
	s.reply = w.comment("It does. See the table:\n\n| index | rows |\n| --- | --- |\n| full | 100 |\n| partial | 7 |", 0,
		func(d *comments.Draft) { d.Name, d.Parent = "Tomasz", s.published.ID.String() })
	s.past()
	s.spam = w.comment("CHEAP watches!!! [buy](https://pills.example/) now", 340, func(d *comments.Draft) { d.Name = "Best Deals" })
	s.long = w.held("A long one.\n\n" + strings.Repeat("It goes on about `EXPLAIN ANALYZE` for quite a while, line by line, and does not come to its point. ", 40))
	w.held("I disagree, and here is [why](https://elsewhere.example/a), [twice](https://elsewhere.example/b) and [again](https://elsewhere.example/c).",
		func(d *comments.Draft) {
			d.Site, d.Page, d.Name = "other.example", "/2026/11/why-we-left", "Anonymous Coward"
		})
	s.held = w.held("Thank you for this!\n\n> an index is a promise\n\nThat line should be on a poster. I have a question about `fillfactor`:\n\n```\nALTER TABLE t SET (fillfactor = 70);\n```",
		func(d *comments.Draft) { d.Name, d.Parent = "Aiko#lantern", s.published.ID.String() })
	w.held("Same here.", func(d *comments.Draft) { d.Name = "" })
	_, err := w.Decide(w.Context(), "ann", "blog.example", []comments.ID{s.spam.ID}, comments.Spam)
	w.must(err)
	s.deliveries()
	return s
}

// past fills a month with comments.
func (s *scene) past() {
	for back := 29; back >= 0; back-- {
		s.ahead.Store(-int64(time.Duration(back) * day))
		for i := range (back*7)%5 + 1 {
			points := []int{0, 0, 0, 340, 0, 0, 0, 120}[(back*3+i)%8]
			s.comment(fmt.Sprintf("Comment %d of that day.", i+1), points, func(d *comments.Draft) { d.Page = "/older" })
		}
	}
	s.ahead.Store(0)
}

// deliveries leave something in the outbox.
func (s *scene) deliveries() {
	for i, d := range []comments.Delivery{
		{Channel: comments.ByWebhook, Target: "https://hooks.example/postil", Kind: comments.TellEvent, Event: 3, State: comments.Dead, Tries: 12, Error: "the answer was 502 Bad Gateway"},
		{Channel: comments.ByMail, Target: "root", Kind: comments.TellHeld, State: comments.Dead, Tries: 8, Unsure: true, Error: "the mail server did not answer"},
		{Channel: comments.ByWebSub, Target: "https://hub.example/", Kind: comments.TellFeed, State: comments.Waiting},
	} {
		id, err := newID(s.now())
		s.must(err)
		d.Site, d.ID, d.Created, d.Due = "blog.example", id, s.now(), s.now()
		if i == 1 {
			d.Comment = s.held.ID
		}
		s.must(s.Store.Enqueue(s.Context(), []comments.Delivery{d}))
	}
}

// pages are the addresses of all pages, by what they are called.
func (s *scene) pages() map[string]string {
	link := s.Keys.Link(s.find("ann"), s.stored(s.held.ID), comments.Approve, s.now().Add(time.Hour))
	return map[string]string{
		"queue":      "/admin/queue",
		"comments":   "/admin/comments?site=blog.example&page=/post",
		"nothing":    "/admin/comments?text=nothingofthiskind",
		"comment":    "/admin/comments/" + s.held.ID.String(),
		"answer":     "/admin/comments/" + s.published.ID.String(),
		"spam":       "/admin/comments/" + s.spam.ID.String(),
		"thread":     "/admin/thread?site=blog.example&page=/post",
		"person":     "/admin/person?site=blog.example&badge=" + s.held.Author.Badge.String(),
		"numbers":    "/admin/numbers",
		"log":        "/admin/log?site=blog.example",
		"sites":      "/admin/sites",
		"site":       "/admin/sites/blog.example",
		"outbox":     "/admin/outbox",
		"moderators": "/admin/moderators",
		"moderator":  "/admin/moderators/ann",
		"account":    "/admin/account",
		"missing":    "/admin/nowhere",
		"link":       "/moderate?" + link,
		"feed":       "/moderate/feed/ann/" + s.Keys.FeedToken(s.find("ann")) + ".xml",
	}
}
