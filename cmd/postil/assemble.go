package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"postil/comments"
	"postil/comments/admin"
	"postil/comments/markup"
	"postil/comments/notify"
	"postil/comments/spam"
	"postil/comments/web"
	"postil/feeds"
	"postil/static"
)

// assemble makes all parts, and starts none.
func (s *server) assemble(set settings) (err error) {
	s.outlet = newOutlet(s.store, s.flags.publicDir(), s.base)
	if s.dir != nil {
		publisher, err := newPublisher(s.store, s.dir, s.base, s.log)
		if err != nil {
			return err
		}
		s.outlet.become(publisher)
	}
	s.defences = spam.New(spam.Config{Store: s.store, Now: time.Now, Log: s.log})
	s.courier, err = notify.New(notify.Config{
		Store: s.store, Keys: s.keys, Base: s.base,
		FeedURL: s.documentURL(feeds.Atom), ThreadURL: s.documentURL(feeds.HTML), LatestURL: s.latestURL,
		Mail: set.mail, Log: s.log, Now: time.Now, NewID: newID,
	})
	if err != nil {
		return err
	}
	s.service = newService(comments.Config{
		Store: s.store, Keys: s.keys, Judge: s.defences.Judge, Changed: s.written, Revised: s.defences.Learn, Settle: s.outlet.Wait,
	})
	people, err := s.store.Moderators(context.Background())
	for _, m := range people {
		s.guarded = s.guarded || m.Password != ""
	}
	return err
}

// written wakes those who go by numbers of changes and events, for whom it is
// little to look. The defences look by themselves for what others decided.
func (s *server) written() {
	s.outlet.Nudge()
	s.courier.Nudge()
}

// background starts what goes on beside the requests until ctx ends.
func (s *server) background(ctx context.Context) {
	s.running.Go(func() { s.publish(ctx) })
	s.running.Go(func() { s.courier.Run(ctx) })
	s.running.Go(func() { s.defences.Run(ctx) })
	s.running.Go(func() { s.tidy(ctx, tidyFirst, tidyEvery) })
	s.running.Go(func() {
		if err := s.store.Watch(ctx, s.written); err != nil && ctx.Err() == nil {
			s.log.Error("watching the database ended; changes by other processes wait for the next poll", "error", err)
		}
	})
}

func newPublisher(store comments.Reader, dir *feeds.Dir, base string, log *slog.Logger) (*feeds.Publisher, error) {
	return feeds.NewPublisher(feeds.Config{Source: store, Dir: dir, Base: base, Log: log, Assets: static.Assets(), Generator: version()})
}

// newService adds to the parts of a service what is the same for all.
func newService(c comments.Config) *comments.Service {
	c.Render, c.Now, c.NewID = markup.New().Render, time.Now, newID
	return comments.NewService(c)
}

// web makes the handlers for readers and moderators.
func (s *server) web(set settings) (*web.Web, error) {
	pages, err := s.moderation(set)
	if err != nil {
		return nil, err
	}
	cfg := web.Config{
		Service: s.service, Files: s.outlet, FeedURL: s.documentURL(feeds.Atom), ThreadURL: s.documentURL(feeds.HTML),
		Base: s.base, Keys: s.keys, Proofs: spam.NewProofs(s.keys, time.Now), Admin: pages, Mail: set.sendsMail,
		TrustedProxies: set.proxies, Rate: web.Rate{Count: set.rateCount, Window: set.rateWindow},
		Log: s.log, AccessLog: set.accessLog, Ready: s.ready, Now: time.Now, Version: version(),
	}
	if s.demo {
		cfg.Demo = s.demonstration()
	}
	w, err := web.New(cfg)
	if err != nil {
		return nil, err
	}
	return w, errors.Join(w.Registry().Register(newGauges(s.store)), w.Registry().Register(newLifeGauges(s.life, s.gate)))
}

func (s *server) moderation(set settings) (http.Handler, error) {
	return admin.New(admin.Config{
		Service: s.service, Base: s.base, FeedURL: s.documentURL(feeds.Atom), ThreadURL: s.documentURL(feeds.HTML),
		Explain: s.explain, WebhookSecret: s.webhookSecret, TrustedProxies: set.proxies, Log: s.log, Now: time.Now,
	})
}

// explain tells moderators what the classifier goes by, on their scale.
func (s *server) explain(ctx context.Context, c comments.Comment, site comments.Site) ([]admin.Word, error) {
	e, err := s.defences.Explain(ctx, c, site)
	if err != nil || e.Silent {
		return nil, err
	}
	words := make([]admin.Word, len(e.Words))
	for i, w := range e.Words {
		words[i] = admin.Word{Text: w.Text, Points: 2*w.Spammy - 1}
	}
	return words, nil
}

func (s *server) webhookSecret(site, address string) string {
	return notify.WebhookSecret(s.keys, site, address)
}

// documentURL says where a page's current document is, in one of its forms.
func (s *server) documentURL(form feeds.Form) func(string, comments.Page) string {
	return func(host string, page comments.Page) string {
		return feeds.URL(s.base, host, page, feeds.Document{Form: form})
	}
}

// latestURL says where a site's newest comments are.
func (s *server) latestURL(host string) string { return s.base + "/sites/" + host + "/latest.xml" }
