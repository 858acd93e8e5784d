package main

import (
	"context"
	"net/http"
	"sync"

	"postil/comments"
	"postil/comments/notify"
	"postil/comments/spam"
	"postil/comments/web"
)

// parts is all of a server that rests on one database and one set of secret
// keys. It is replaced as a whole.
type parts struct {
	*server
	store    comments.Store
	database string // for people; without a password
	moved    bool   // it is not the one that the process was started with
	keys     comments.Keyring
	outlet   *outlet
	defences *spam.Defences
	courier  *notify.Courier
	service  *comments.Service
	web      *web.Web

	ctx     context.Context // of what runs in the background
	cancel  context.CancelFunc
	running sync.WaitGroup
	users   int           // requests that are answered with it; guarded by the server's mu
	retired bool          // others have taken its place; guarded by the server's mu
	free    chan struct{} // closed when it is retired and nobody uses it any more
}

func newParts(s *server, store comments.Store, database string, keys comments.Keyring) *parts {
	p := &parts{server: s, store: store, database: database, keys: keys, free: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// begin starts what goes on beside the requests.
func (s *parts) begin() {
	s.running.Go(func() { s.publish(s.ctx) })
	s.running.Go(func() { s.courier.Run(s.ctx) })
	s.running.Go(func() { s.defences.Run(s.ctx) })
	s.running.Go(func() { s.tidy(s.ctx, tidyFirst, tidyEvery) })
	s.running.Go(func() { s.shed(s.ctx) })
	s.running.Go(func() {
		if err := s.store.Watch(s.ctx, s.written); err != nil && s.ctx.Err() == nil {
			s.log.Error("watching the database ended; changes by other processes wait for the next poll", "error", err)
		}
	})
}

// end stops that, with the publisher's last pass.
func (s *parts) end() {
	s.cancel()
	s.running.Wait()
}

// written wakes those who go by numbers of changes and events, for whom it is
// little to look. The defences look by themselves for what others decided.
func (s *parts) written() {
	s.outlet.Nudge()
	s.courier.Nudge()
}

// use returns the parts as they are now. They stay open until leave.
func (s *server) use() *parts {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.users++
	return s.now
}

// leave ends a use.
func (s *server) leave(p *parts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.users--; p.users == 0 && p.retired {
		close(p.free)
	}
}

// replace puts others in the place of the parts, and returns those, which are
// free when the last request has left them.
func (s *server) replace(next *parts) (before *parts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.now = s.now, next
	if before.retired = true; before.users == 0 {
		close(before.free)
	}
	return before
}

// front answers each request with the parts of its moment.
func (s *server) front(pick func(*parts) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := s.use()
		defer s.leave(p)
		pick(p).ServeHTTP(w, r)
	})
}
