package notify_test

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"postil/comments"
	"postil/comments/notify"
	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/comments/storetest"
)

const (
	base     = "https://comments.example"
	blog     = "blog.example"
	patience = time.Minute // for what should come at once, on a machine that does much else
)

// world is a store with a site, a service that writes to it, and a courier
// that sends from it, at a time that only the test moves.
type world struct {
	*testing.T
	store   comments.Store
	keys    comments.Keyring
	service *comments.Service
	sink    *sink
	courier *notify.Courier
	logs    *log

	mu  sync.Mutex
	now time.Time
}

// onEachStore runs a test on a SQLite file and on PostgreSQL.
func onEachStore(t *testing.T, test func(t *testing.T, store comments.Store)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newSQLite(t, filepath.Join(t.TempDir(), "postil.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		store, err := postgres.Open(t.Context(), storetest.Postgres(t))
		must(t, err)
		t.Cleanup(func() { must(t, store.Close()) })
		test(t, store)
	})
}

func newSQLite(t *testing.T, path string) comments.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	return store
}

func newWorld(t *testing.T, store comments.Store, change ...func(*notify.Config)) *world {
	t.Helper()
	w := &world{T: t, store: store, keys: testKeys(t), sink: newSink(t), logs: &log{}, now: time.Now().UTC().Truncate(time.Millisecond)}
	site, err := comments.NewSite("https://" + blog)
	must(t, err)
	site.Epoch, site.Created = w.id(), w.time()
	must(t, store.PutSite(t.Context(), site))
	w.service = comments.NewService(comments.Config{
		Store: store, Keys: w.keys, Now: w.time, NewID: newID, Render: render, Judge: judge,
		Changed: func() {}, Settle: func(context.Context, string, int64) error { return nil },
	})
	w.courier = w.newCourier(change...)
	return w
}

func (w *world) newCourier(change ...func(*notify.Config)) *notify.Courier {
	w.Helper()
	c := config(w.store, w.keys, w.sink.mail())
	c.Now, c.Log = w.time, slog.New(slog.NewTextHandler(w.logs, nil))
	for _, f := range change {
		f(&c)
	}
	courier, err := notify.New(c)
	must(w, err)
	return courier
}

// config is a courier's without what differs.
func config(store notify.Store, keys comments.Keyring, mail notify.Mail) notify.Config {
	page := func(form string) func(string, comments.Page) string {
		return func(host string, p comments.Page) string { return base + "/feeds/" + host + string(p) + form }
	}
	return notify.Config{
		Store: store, Keys: keys, Base: base, Mail: mail, Now: time.Now, NewID: newID, Log: slog.New(slog.DiscardHandler),
		FeedURL: page("/feed.xml"), ThreadURL: page("/thread.html"),
		LatestURL: func(host string) string { return base + "/sites/" + host + "/latest.xml" },
	}
}

func testKeys(t testing.TB) comments.Keyring {
	keys, err := comments.NewKeyring(bytes.Repeat([]byte{7}, comments.MinKey))
	must(t, err)
	return keys
}

func render(source string, _ comments.Markup) (comments.HTML, error) {
	return comments.HTML("<p>" + html.EscapeString(source) + "</p>"), nil
}

// judge holds what says so, and calls spam what says so.
func judge(_ context.Context, c comments.Case) ([]comments.Verdict, error) {
	switch {
	case strings.Contains(c.Comment.Source, "SPAM"):
		return []comments.Verdict{{Name: "words", Points: comments.SpamPoints}}, nil
	case strings.Contains(c.Comment.Source, "HOLD"):
		return []comments.Verdict{{Name: "links", Points: comments.HoldPoints}}, nil
	}
	return nil, nil
}

func newID(t time.Time) (comments.ID, error) {
	u, err := uuid.NewRandom()
	id := comments.ID(u)
	for i, ms := 0, t.UnixMilli(); i < 6; i++ {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70
	return id, err
}

func (w *world) id() comments.ID {
	id, err := newID(w.time())
	must(w, err)
	return id
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// log is a log to be read while it is written.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// linkIn returns the query of the n-th address in a text that begins with a
// prefix.
func linkIn(t testing.TB, text, prefix string, n int) string {
	t.Helper()
	for l := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(l), prefix); ok {
			if n--; n < 0 {
				return rest
			}
		}
	}
	t.Fatalf("no address %s in:\n%s", prefix, text)
	return ""
}

func query(t testing.TB, raw string) url.Values {
	t.Helper()
	q, err := url.ParseQuery(raw)
	must(t, err)
	return q
}

func eventually(t testing.TB, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !met(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
		<-time.After(5 * time.Millisecond)
	}
}
