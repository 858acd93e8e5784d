package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/markup"
	"postil/comments/sqlite"
	"postil/static"
)

// siteAge is the delay with which a service follows what is set.
const siteAge = time.Second

// world is a running service: real sockets, a real database, and files that
// stand in a map instead of a directory.
type world struct {
	t       testing.TB
	web     *Web
	service *comments.Service
	store   *breakable
	files   *shelf
	log     *logbook
	url     string
	ops     string
	clock   *clock
	judge   *bench
	dir     string // where the database is
}

// start runs a service with the sites blog.example, held.example and
// closed.example.
func start(t testing.TB, changes ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, files: &shelf{}, log: &logbook{}, clock: &clock{}, judge: &bench{}, dir: t.TempDir()}
	database, err := sqlite.Open(t.Context(), filepath.Join(w.dir, "postil.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	w.store = &breakable{Store: database}
	w.service = comments.NewService(comments.Config{
		Store: w.store, Render: markup.New().Render, Now: w.clock.now, NewID: newID, Keys: testKeys(7),
		Judge: w.judge.judge, Changed: func() {}, Settle: func(context.Context, string, int64) error { return nil },
	})
	w.addSites()
	public, ops := listen(t), listen(t)
	w.url, w.ops = "http://"+public.Addr().String(), "http://"+ops.Addr().String()
	cfg := w.config()
	for _, change := range changes {
		change(&cfg)
	}
	if w.web, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	serve(t, public, Server(w.web.Public(), cfg.Log))
	serve(t, ops, Server(w.web.Ops(), cfg.Log))
	return w
}

func (w *world) config() Config {
	return Config{
		Service: w.service,
		Files:   w.files,
		FeedURL: func(host string, page comments.Page) string {
			return w.url + "/feeds/" + host + string(page) + "/feed.xml"
		},
		ThreadURL: func(host string, page comments.Page) string {
			return w.url + "/feeds/" + host + string(page) + "/thread.html"
		},
		Base:      w.url,
		Keys:      testKeys(7),
		Log:       slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		AccessLog: true,
		Ready:     func(context.Context) error { return nil },
		Now:       w.clock.now,
		Version:   "test",
	}
}

func (w *world) addSites() {
	w.t.Helper()
	for host, policy := range map[string]comments.Policy{
		"blog.example": comments.PolicyOpen, "held.example": comments.PolicyHoldAll, "closed.example": comments.PolicyClosed,
	} {
		site, err := comments.NewSite("https://" + host)
		if err != nil {
			w.t.Fatal(err)
		}
		site.Epoch, _ = newID(w.clock.now())
		site.Created, site.Settings.Policy = w.clock.now(), policy
		if err := w.store.PutSite(w.t.Context(), site); err != nil {
			w.t.Fatal(err)
		}
	}
}

func testKeys(fill byte) comments.Keyring {
	keys, err := comments.NewKeyring(bytes.Repeat([]byte{fill}, comments.MinKey))
	if err != nil {
		panic(err) // it is as long as it must be
	}
	return keys
}

// bench is a judge without an opinion, who remembers what was said.
type bench struct {
	mu    sync.Mutex
	cases []comments.Case
}

func (b *bench) judge(_ context.Context, c comments.Case) ([]comments.Verdict, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cases = append(b.cases, c)
	return nil, nil
}

// evidence is what was known of the last comment.
func (b *bench) evidence(t testing.TB) comments.Evidence {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.cases) == 0 {
		t.Fatal("nothing was judged")
	}
	return b.cases[len(b.cases)-1].Evidence
}

// newID makes a version 7 UUID (RFC 9562 §5.7).
func newID(t time.Time) (comments.ID, error) {
	var id comments.ID
	_, err := rand.Read(id[:])
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(t.UnixMilli()))
	copy(id[:6], stamp[2:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id, err
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func serve(t testing.TB, l net.Listener, server *http.Server) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // always ErrServerClosed, by the cleanup
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
}

// clock is the time, plus what a test has added.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }
func (w *world) site(host string) comments.Site {
	w.t.Helper()
	site, err := w.service.Site(w.t.Context(), host)
	if err != nil {
		w.t.Fatal(err)
	}
	return site
}

// breakable is the database with a switch: while err is set, everything that
// requests ask of it fails.
type breakable struct {
	comments.Store
	err atomic.Pointer[error]
}

func (b *breakable) fail(err error) { b.err.Store(&err) }
func (b *breakable) mend()          { b.err.Store(nil) }

func (b *breakable) fault() error {
	if err := b.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (b *breakable) Sites(ctx context.Context) ([]comments.Site, error) {
	if err := b.fault(); err != nil {
		return nil, err
	}
	return b.Store.Sites(ctx)
}

func (b *breakable) Thread(ctx context.Context, site string, page comments.Page) (comments.Thread, error) {
	if err := b.fault(); err != nil {
		return comments.Thread{}, err
	}
	return b.Store.Thread(ctx, site, page)
}

func (b *breakable) Find(ctx context.Context, id comments.ID) (comments.Comment, error) {
	if err := b.fault(); err != nil {
		return comments.Comment{}, err
	}
	return b.Store.Find(ctx, id)
}

func (b *breakable) Add(ctx context.Context, batch []comments.Comment) ([]comments.Added, error) {
	if err := b.fault(); err != nil {
		return nil, err
	}
	return b.Store.Add(ctx, batch)
}

func (b *breakable) Subscription(ctx context.Context, site string, id comments.ID) (comments.Subscription, error) {
	if err := b.fault(); err != nil {
		return comments.Subscription{}, err
	}
	return b.Store.Subscription(ctx, site, id)
}

func (b *breakable) SubscriptionsOf(ctx context.Context, site string, ids []comments.ID) ([]comments.Subscription, error) {
	if err := b.fault(); err != nil {
		return nil, err
	}
	return b.Store.SubscriptionsOf(ctx, site, ids)
}

// shelf is a set of published files.
type shelf struct {
	files sync.Map // path → *static.File or error
}

func (s *shelf) put(path string, f any) { s.files.Store(path, f) }

func (s *shelf) File(_ context.Context, path string) (*static.File, error) {
	switch found, _ := s.files.Load(path); found := found.(type) {
	case *static.File:
		return found, nil
	case error:
		return nil, found
	default:
		return nil, comments.NewError(comments.NotFound, "There is no such file.")
	}
}

// logbook is everything that was logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// answer is a response, read to its end.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// send makes a request to the public listener. Fields alternate names and
// values; redirects are not followed.
func (w *world) send(method, path, body string, fields ...string) answer {
	w.t.Helper()
	return w.sendTo(w.url, method, path, body, fields...)
}

func (w *world) sendTo(base, method, path, body string, fields ...string) answer {
	w.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, base+path, reader)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Add(fields[i], fields[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) answer {
	w.t.Helper()
	transport := &http.Transport{
		DisableCompression: true, DisableKeepAlives: true,
		ExpectContinueTimeout: time.Minute, // zero sends the body without waiting to be told to
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatalf("%s %s: read the answer: %v", req.Method, req.URL.Path, err)
	}
	return answer{w.t, res.StatusCode, res.Header, string(body)}
}

// post sends JSON.
func (w *world) post(path string, content any, fields ...string) answer {
	w.t.Helper()
	return w.send(http.MethodPost, path, encode(w.t, content), append(fields, "Content-Type", "application/json")...)
}

func encode(t testing.TB, v any) string {
	t.Helper()
	if text, ok := v.(string); ok {
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// members is a JSON object of strings.
type members map[string]string

// draft is a valid comment on blog.example/post, with changes: pairs of
// member and value.
func draft(changes ...string) members {
	d := members{"site": "blog.example", "page": "/post", "name": "Ann", "body": "Well *said*."}
	for i := 0; i < len(changes); i += 2 {
		d[changes[i]] = changes[i+1]
	}
	return d
}

// created is the answer to a new comment.
type created struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	HTML    string `json:"html"`
	Created string `json:"created"`
	Edited  string `json:"edited"`
	EditKey string `json:"edit_key"`
	Feed    string `json:"feed"`
	Replies string `json:"replies_feed"`
	Name    string `json:"name"`
	Badge   string `json:"badge"`
	Owner   bool   `json:"owner"`
	Follow  string `json:"follow"`
}

// comment posts a draft that must be accepted.
func (w *world) comment(changes ...string) created {
	w.t.Helper()
	a := w.post("/api/v1/comments", draft(changes...))
	if a.status != http.StatusCreated && a.status != http.StatusAccepted {
		w.t.Fatalf("post: %d %s", a.status, a.body)
	}
	return decode[created](a)
}

func decode[T any](a answer) T {
	a.t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.t.Fatalf("answer %q: %v", a.body, err)
	}
	return v
}

// problem checks that an answer is a problem document, and returns the field
// and the sentence.
func (a answer) problem(status int) (field, detail string) {
	a.t.Helper()
	p := decode[problemDocument](a)
	if a.status != status || p.Status != status || a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("got %d %s %s; want a problem document of status %d", a.status, a.header.Get("Content-Type"), a.body, status)
	}
	return p.Field, p.Detail
}

// want checks a status.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}
