package notify_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"postil/comments"
)

// hub makes the site have a hub.
func (w *world) hub() *hook {
	w.Helper()
	h := newHook(w)
	w.settings(func(s *comments.Settings) { s.Hub, s.Allow = h.URL, []string{h.hosted(w)} })
	return h
}

// topics are the feeds that a ping names.
func topics(t *testing.T, c call) []string {
	t.Helper()
	form, err := url.ParseQuery(c.body)
	must(t, err)
	if form.Get("hub.mode") != "publish" || !slices.Equal(form["hub.url"], form["hub.topic"]) || c.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("ping %s", c.body)
	}
	list := form["hub.url"]
	slices.Sort(list)
	return list
}

func feed(page string) string { return base + "/feeds/" + blog + page + "/feed.xml" }

const latest = base + "/sites/" + blog + "/latest.xml"

func TestTheHubIsToldWhichFeedsDiffer(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		h := w.hub()
		on := func(page string) func(*comments.Draft) { return func(d *comments.Draft) { d.Page = page } }
		old := w.post("published", on("/old"))
		w.flushLater()
		w.pass(time.Hour)
		w.post("published", on("/a"))
		w.flush()
		w.post("published", on("/b"))
		w.post("published", on("/a"))
		held := w.post("HOLD this", on("/c"))
		w.flushLater()
		w.empty()
		if got := h.got(); len(got) != 2 || !slices.Equal(topics(t, got[0]), []string{feed("/old"), latest}) || !slices.Equal(topics(t, got[1]), []string{feed("/a"), feed("/b"), latest}) {
			t.Fatalf("pings %v", got)
		}
		w.pass(time.Hour)
		w.decide(comments.Spam, held.Comment.ID)
		w.flushLater()
		if n := len(h.got()); n != 2 {
			t.Errorf("%d pings: one told of what nobody could see", n)
		}
		w.decide(comments.Spam, old.Comment.ID)
		w.flushLater()
		if got := h.got(); len(got) != 3 || !slices.Equal(topics(t, got[2]), []string{feed("/old"), latest}) {
			t.Errorf("pings %v", got)
		}
		w.empty()
	})
}

func TestChangesDuringAPingGetAnother(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		h := w.hub()
		begun, goOn := make(chan struct{}), make(chan struct{})
		h.answers(func(http.ResponseWriter, *http.Request) {
			begun <- struct{}{}
			<-goOn
		})
		w.post("published", nil)
		w.flush()
		w.pass(time.Minute)
		other := w.newCourier()
		done := make(chan error)
		go func() { done <- other.Flush(t.Context()) }()
		<-begun
		w.pass(2 * time.Minute)
		w.post("published", func(d *comments.Draft) { d.Page = "/other" })
		w.flush() // makes a delivery that the outbox leaves out
		h.answers(nil)
		close(goOn)
		must(t, <-done)
		if d := w.only(comments.Waiting); d.Kind != comments.TellFeed {
			t.Errorf("%+v", d)
		}
		w.pass(time.Minute)
		w.flush()
		w.empty()
		if got := h.got(); len(got) != 2 || !slices.Equal(topics(t, got[1]), []string{feed("/other"), latest}) {
			t.Errorf("pings %v", got)
		}
	})
}

func TestAHubThatRefusesStaysInTheOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := w.hub()
	h.answers(status(404))
	for range 20 {
		w.post("published", nil)
		w.flush()
		w.pass(time.Hour)
	}
	if d := w.only(comments.Waiting); d.Error != "it answers 404" || len(h.got()) > 20 {
		t.Errorf("after %d pings: %+v", len(h.got()), d)
	}
	h.answers(nil)
	w.pass(5 * time.Hour)
	w.flush()
	w.empty()
}
