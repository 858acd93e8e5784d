package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func TestNumbersCountWhatCameIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	for range 3 {
		w.comment("Good", 0)
	}
	w.held("Waits")
	w.comment("Spam", 400)
	w.comment("Spam", 500)
	w.ahead.Store(-int64(10 * day))
	w.comment("Some time ago", 0)
	w.ahead.Store(-int64(40 * day))
	w.comment("Long ago", 0)
	w.ahead.Store(0)
	w.comment("Elsewhere", 0, func(d *comments.Draft) { d.Site = "other.example" })
	page := w.as("ann", "/admin/numbers", nil).want(http.StatusOK)
	page.has("7 comments came in; 6 on the busiest day.", "What caught the spam", "2 comments of the last 30 days", "<b>1</b> <a", "<b>4</b> <a", "<b>2</b> <a", "<b>5</b> <a")
	if n := strings.Count(page.body, `<rect class="back"`); n != chartDays {
		t.Errorf("the chart has %d days", n)
	}
	today := shortDate("en", w.now().UTC())
	page.has(fmt.Sprintf(`<th scope="row">%s</th><td>3</td><td>1</td><td>2</td><td>0</td>`, today), "<title>"+today+": 6 comments</title>")
	page.has(`<rect class="is-published" x="290" y="500" width="8" height="500"/>`, `<rect class="is-held" x="290" y="334" width="8" height="166"/>`, `<rect class="is-spam" x="290" y="0" width="8" height="334"/>`)
	w.as("root", "/admin/numbers", nil).has("8 comments came in")
	w.as("root", "/admin/numbers?site=other.example", nil).has("1 comment came in; 1 on the busiest day.")
}

func TestScalesEndWithRoundNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]int64{0: 1, 1: 1, 7: 7, 10: 10, 11: 12, 13: 15, 99: 100, 101: 120, 161: 200, 100_000: 100_000, 123_456: 150_000} {
		if got := roundUp(n); got != want {
			t.Errorf("%d is rounded to %d, want %d", n, got, want)
		}
	}
}

func TestLogTellsWhoDecidedWhat(t *testing.T) {
	t.Parallel()
	w := start(t)
	for i := range logSize {
		w.comment(fmt.Sprintf("Secret words %d", i), 0)
	}
	c := w.held("More words")
	_, err := w.Decide(t.Context(), "ann", "blog.example", []comments.ID{c.ID}, comments.Spam)
	w.must(err)
	page := w.as("ann", "/admin/log", nil).want(http.StatusOK).has("Decided: spam, by <b>ann</b>", "Received: held", "/admin/comments/"+c.ID.String(), `rel="next"`).lacks("words 1", "More words", "Bob")
	if n := strings.Count(page.body, "<li><time"); n != logSize {
		t.Errorf("a page has %d events", n)
	}
	page = w.as("ann", "/admin/log?site=blog.example&before=3", nil).want(http.StatusOK).has("Back to the newest").lacks(`rel="next"`)
	if n := strings.Count(page.body, "<li><time"); n != 2 {
		t.Errorf("the last page has %d events", n)
	}
}

func TestDeadLettersAreRevived(t *testing.T) {
	t.Parallel()
	s := newScene(start(t))
	dead := func() []comments.Delivery { return must(s.Store.Deliveries(t.Context(), "", comments.Dead, 10)) }
	page := s.as("root", "/admin/outbox", nil).want(http.StatusOK)
	page.has("https://hooks.example/postil", "the answer was 502 Bad Gateway", "Tried 12 times", "may have arrived all the same", "<b>1</b> <span>waiting", "<b>2</b> <span>given up")
	one := dead()[0]
	s.next("root", s.as("root", "/admin/outbox", fields("do", "some", "id", ref(one.Site, one.ID)))).has("1 delivery will be tried again.")
	if left := dead(); len(left) != 1 || left[0].ID == one.ID {
		t.Errorf("%+v are left", left)
	}
	s.as("root", "/admin/outbox", fields("do", "some")).want(http.StatusBadRequest)
	s.next("root", s.as("root", "/admin/outbox", fields("do", "all"))).has("1 delivery will be tried again.", "Nothing has failed for good.")
	waiting := must(s.Store.Deliveries(t.Context(), "", comments.Waiting, 10))
	if len(waiting) != 3 || waiting[0].Tries != 0 || waiting[0].Due.After(s.now().Add(time.Second)) {
		t.Errorf("%+v wait", waiting)
	}
}
