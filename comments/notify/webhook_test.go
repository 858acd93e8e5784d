package notify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

// verify checks a call as a library for Standard Webhooks does.
func verify(t *testing.T, c call, secret string) bool {
	t.Helper()
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if must(t, err); !ok || len(key) < 24 || len(key) > 64 {
		t.Fatalf("secret %s", secret)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(c.header.Get("webhook-id") + "." + c.header.Get("webhook-timestamp") + "." + c.body))
	return slices.Contains(strings.Fields(c.header.Get("webhook-signature")), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// told is the body of a call.
type told struct {
	Type      string
	Timestamp time.Time
	Data      map[string]any
}

func read(t *testing.T, c call) (n told) {
	t.Helper()
	must(t, json.Unmarshal([]byte(c.body), &n))
	return n
}

func TestWebhooksAreToldOfEverything(t *testing.T) {
	onEachStore(t, func(t *testing.T, store comments.Store) {
		w := newWorld(t, store)
		h := newHook(t)
		w.hooked(h)
		r := w.post("HOLD this", func(d *comments.Draft) { d.Website = "https://ann.example/" })
		w.flush()
		w.decide(comments.Published, r.Comment.ID)
		w.flush()
		must(t, drop(w.service.Pin(t.Context(), "mod", blog, r.Comment.ID, true)))
		w.flush()
		must(t, drop(w.service.Edit(t.Context(), r.Comment.ID, r.EditKey, "other words")))
		w.flush()
		must(t, drop(w.service.Delete(t.Context(), r.Comment.ID, r.EditKey)))
		w.flush()
		w.empty()
		var types, statuses []string
		for _, c := range h.got() {
			n := read(t, c)
			types, statuses = append(types, n.Type), append(statuses, n.Data["status"].(string))
			if n.Data["event"] != float64(len(types)) || n.Data["site"] != blog || n.Data["page"] != "/post" || n.Data["id"] != r.Comment.ID.String() {
				t.Errorf("data %v", n.Data)
			}
			if c.header.Get("Content-Type") != "application/json" || !verify(t, c, notify.WebhookSecret(w.keys, blog, h.URL+"/hook?token=s3cret")) {
				t.Errorf("header %v", c.header)
			}
			if verify(t, c, notify.WebhookSecret(w.keys, "other.example", h.URL+"/hook?token=s3cret")) {
				t.Error("another site's secret signs the same")
			}
		}
		if want := []string{"comment.received", "comment.decided", "comment.pinned", "comment.edited", "comment.decided"}; !slices.Equal(types, want) {
			t.Fatalf("types %v", types)
		}
		if want := []string{"held", "published", "published", "published", "deleted"}; !slices.Equal(statuses, want) {
			t.Errorf("statuses %v", statuses)
		}
		held, published, gone := read(t, h.got()[0]).Data, read(t, h.got()[1]).Data, read(t, h.got()[4]).Data
		if held["html"] != nil || held["source"] != "HOLD this" || held["name"] != "Ann" || held["verdicts"].(map[string]any)["links"] != 100.0 {
			t.Errorf("held: %v", held)
		}
		if published["html"] != "<p>HOLD this</p>" || published["by"] != "mod" || published["verdicts"] != nil || published["link"] != "https://blog.example/post#comment-"+r.Comment.ID.String() {
			t.Errorf("published: %v", published)
		}
		if gone["source"] != nil || gone["name"] != nil || gone["website"] != nil {
			t.Errorf("deleted: %v", gone)
		}
	})
}

func TestErasedWordsAreInNoLateCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	h.answers(status(500))
	r := w.post("words of Ann", nil)
	w.flush()
	must(t, drop(w.service.Delete(t.Context(), r.Comment.ID, r.EditKey)))
	h.answers(nil)
	w.pass(time.Minute)
	w.flush()
	w.empty()
	for _, c := range h.got()[1:] {
		if n := read(t, c); n.Data["status"] != "deleted" || strings.Contains(c.body, "Ann") {
			t.Errorf("%s", c.body)
		}
	}
}

func TestAWebhookThatFailsForAnHourMissesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	h.answers(status(500))
	const posts = 30
	for range posts {
		w.post("published", nil)
	}
	for began := w.time(); w.time().Sub(began) < time.Hour; w.pass(time.Minute) {
		w.flush()
	}
	failed := len(h.got())
	if failed > 40 {
		t.Errorf("%d calls within an hour of failing", failed)
	}
	if list := w.deliveries(comments.Waiting); len(list) != posts || !slices.ContainsFunc(list, func(d comments.Delivery) bool { return d.Error == "it answers 500" }) {
		t.Errorf("%d wait, the first: %+v", len(list), list[0])
	}
	h.answers(nil)
	for range 30 {
		w.pass(10 * time.Minute)
		w.flush()
	}
	w.empty()
	ids := map[string]bool{}
	for _, c := range h.got()[failed:] {
		ids[c.header.Get("webhook-id")] = true
	}
	if len(ids) != posts || len(h.got()) != failed+posts {
		t.Errorf("%d of %d arrived, in %d calls", len(ids), posts, len(h.got())-failed)
	}
	if first := h.got()[0].header.Get("webhook-id"); !ids[first] {
		t.Error("a repeated call has another id")
	}
}

func TestWhatAnswersMean(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	const rounds = 5
	plan := []struct {
		answer http.HandlerFunc
		calls  int // until it is given up
		reason string
	}{
		{status(410), 1, "it answers 410"},
		{status(404), 3, "it answers 404"},
		{redirectTo("/elsewhere"), 3, "it answers 307, which leads elsewhere; redirects are not followed"},
		{status(429), rounds, "it answers 429"},
		{status(408), rounds, "it answers 408"},
		{status(425), rounds, "it answers 425"},
		{status(503), rounds, "it answers 503"},
	}
	hooks := make([]*hook, len(plan))
	for i, p := range plan {
		hooks[i] = newHook(t)
		hooks[i].answers(p.answer)
	}
	w.hooked(hooks...)
	w.post("published", nil)
	for range rounds {
		w.flush()
		w.pass(10 * time.Minute)
	}
	for _, d := range append(w.deliveries(comments.Dead), w.deliveries(comments.Waiting)...) {
		i := slices.IndexFunc(hooks, func(h *hook) bool { return strings.HasPrefix(d.Target, h.URL) })
		p, state := plan[i], comments.Dead
		if p.calls == rounds {
			state = comments.Waiting
		}
		if n := len(hooks[i].got()); d.State != state || d.Error != p.reason || n != p.calls {
			t.Errorf("%s after %d calls: %+v", p.reason, n, d)
		}
	}
	if n := len(w.deliveries(comments.Dead)) + len(w.deliveries(comments.Waiting)); n != len(plan) {
		t.Errorf("%d deliveries", n)
	}
}

func TestRetryAfterIsHonouredWithinBounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	wants := map[string]time.Duration{"120": 2 * time.Minute, "9999999": 4 * time.Hour, "date": time.Hour, "1": 0, "soon": 0, "-5": 0}
	byHook := map[string]time.Duration{}
	var hooks []*hook
	for after, want := range wants {
		if after == "date" {
			after = w.time().Add(time.Hour + 2*time.Second).Format(http.TimeFormat) // hooked lets time pass
		}
		h := newHook(t)
		h.answers(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", after)
			rw.WriteHeader(503)
		})
		hooks, byHook[h.URL] = append(hooks, h), want
	}
	w.hooked(hooks...)
	w.post("published", nil)
	w.flush()
	for _, d := range w.deliveries(comments.Waiting) {
		want := byHook[strings.TrimSuffix(d.Target, "/hook?token=s3cret")]
		if wait := d.Due.Sub(w.time()); wait < max(want-2*time.Second, 20*time.Second) || wait > want+time.Minute {
			t.Errorf("it waits %v, want %v", wait, want)
		}
	}
	if n := len(w.deliveries(comments.Waiting)); n != len(wants) {
		t.Errorf("%d deliveries wait", n)
	}
}
