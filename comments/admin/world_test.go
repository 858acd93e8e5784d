package admin

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/markup"
	"postil/comments/postgres"
	"postil/comments/sqlite"
	"postil/comments/storetest"
	"postil/static"
	"postil/static/browser"
)

func TestMain(m *testing.M) {
	os.Exit(browser.Main(m))
}

// The people of the tests: root is an admin, ann decides on blog.example, eve
// on other.example. All have the same password.
const password = "correct horse battery"

var hashed = sync.OnceValue(func() string {
	h, err := HashPassword(password)
	if err != nil {
		panic(err)
	}
	return h
})

// world is the pages over a real database, with a clock of their own.
type world struct {
	testing.TB
	*comments.Service
	url     string
	handler http.Handler
	log     *logbook
	points  atomic.Int64 // what the defences say of the next comments
	ahead   atomic.Int64
	config  Config
}

// start runs the pages over SQLite.
func start(t testing.TB, changes ...func(*Config)) *world {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "postil.db"))
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, store, changes...)
}

func startPostgres(t testing.TB, changes ...func(*Config)) *world {
	t.Helper()
	store, err := postgres.Open(t.Context(), storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, store, changes...)
}

func startOn(t testing.TB, store comments.Store, changes ...func(*Config)) *world {
	t.Helper()
	t.Cleanup(func() { _ = store.Close() })
	w := &world{TB: t, log: &logbook{}}
	keys, err := comments.NewKeyring(bytes.Repeat([]byte{7}, comments.MinKey))
	w.must(err)
	w.Service = comments.NewService(comments.Config{
		Store: store, Render: markup.New().Render, Now: w.now, NewID: newID, Keys: keys,
		Judge: func(context.Context, comments.Case) ([]comments.Verdict, error) {
			n := int(w.points.Load())
			return []comments.Verdict{{Name: "links", Points: n}, {Name: "known", Points: -n / 10}}, nil
		},
		Changed: func() {}, Settle: func(context.Context, string, int64) error { return nil },
	})
	for _, host := range []string{"blog.example", "other.example"} {
		w.addSite(host)
	}
	w.addModerator(comments.Moderator{Name: "root", Role: comments.RoleAdmin})
	w.addModerator(comments.Moderator{Name: "ann", Role: comments.RoleModerator, Sites: []string{"blog.example"}})
	w.addModerator(comments.Moderator{Name: "eve", Role: comments.RoleModerator, Sites: []string{"other.example"}})
	w.listen(changes)
	return w
}

func (w *world) listen(changes []func(*Config)) {
	w.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(res http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/postil.css" { // of the public pages, for the feed
			res.Header().Set("Content-Type", "text/css")
			_, _ = res.Write(static.Hashed("postil.css").File.Body)
			return
		}
		w.handler.ServeHTTP(res, r)
	}))
	w.url = "http://" + server.Listener.Addr().String()
	w.config = Config{
		Service: w.Service, Base: w.url, Log: slog.New(slog.NewTextHandler(w.log, nil)), Now: w.now,
		FeedURL: func(host string, p comments.Page) string { return w.url + "/feeds/" + host + string(p) + "/feed.xml" },
		ThreadURL: func(host string, p comments.Page) string {
			return w.url + "/feeds/" + host + string(p) + "/thread.html"
		},
	}
	for _, change := range changes {
		change(&w.config)
	}
	var err error
	w.handler, err = New(w.config)
	w.must(err)
	server.Start()
	w.Cleanup(server.Close)
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// pass lets time go by.
func (w *world) pass(d time.Duration) { w.ahead.Add(int64(d)) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// newID makes a version 7 UUID (RFC 9562 §5.7), each later than the one
// before.
func newID(t time.Time) (comments.ID, error) {
	var id comments.ID
	_, err := rand.Read(id[:])
	binary.BigEndian.PutUint64(id[:], uint64(t.UnixMilli())<<16|uint64(made.Add(1))&0xfff|0x7000)
	id[8] = id[8]&0x3f | 0x80
	return id, err
}

var made atomic.Int64

func (w *world) addSite(host string) comments.Site {
	w.Helper()
	site, err := comments.NewSite("https://" + host)
	w.must(err)
	site.Epoch, err = newID(w.now())
	w.must(err)
	site.Created = w.now()
	w.must(w.Store.PutSite(w.Context(), site))
	return site
}

func (w *world) addModerator(m comments.Moderator) {
	w.Helper()
	m.Password, m.Mail, m.Created = hashed(), comments.MailOff, w.now()
	w.must(w.Store.PutModerator(w.Context(), m))
}

func (w *world) find(name string) comments.Moderator {
	w.Helper()
	all, err := w.Store.Moderators(w.Context())
	w.must(err)
	i := slices.IndexFunc(all, func(m comments.Moderator) bool { return m.Name == name })
	if i < 0 {
		w.Fatalf("there is no moderator %s", name)
	}
	return all[i]
}

func (w *world) site(host string) comments.Site {
	w.Helper()
	all, err := w.Store.Sites(w.Context())
	w.must(err)
	i := slices.IndexFunc(all, func(s comments.Site) bool { return s.Host == host })
	return all[i]
}

// comment posts one to blog.example/post. With points it is held or spam.
func (w *world) comment(body string, points int, changes ...func(*comments.Draft)) comments.Comment {
	w.Helper()
	w.points.Store(int64(points))
	d := comments.Draft{Site: "blog.example", Page: "/post", Name: "Bob", Body: body}
	for _, change := range changes {
		change(&d)
	}
	r, err := w.Submit(w.Context(), d)
	w.must(err)
	return r.Comment
}

func (w *world) held(body string, changes ...func(*comments.Draft)) comments.Comment {
	w.Helper()
	c := w.comment(body, comments.HoldPoints+20, changes...)
	if c.Status != comments.Held {
		w.Fatalf("the comment is %s", c.Status)
	}
	return c
}

func (w *world) stored(id comments.ID) comments.Comment {
	w.Helper()
	c, err := w.Store.Find(w.Context(), id)
	w.must(err)
	return c
}
