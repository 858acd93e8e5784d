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

// assemble makes all parts on a database, and starts none.
func (s *server) assemble(ctx context.Context, store comments.Store, database string, set settings) (*parts, error) {
	keys, err := comments.NewKeyring(s.keyList...)
	if err != nil {
		return nil, err
	}
	p := newParts(s, store, database, keys)
	p.outlet = newOutlet(store, s.flags.publicDir(), s.base)
	if s.dir != nil {
		publisher, err := newPublisher(store, s.dir, s.base, s.log)
		if err != nil {
			return nil, err
		}
		p.outlet.become(publisher)
	}
	p.defences = spam.New(spam.Config{Store: store, Now: time.Now, Log: s.log})
	p.courier, err = notify.New(notify.Config{
		Store: store, Keys: keys, Base: s.base,
		FeedURL: s.documentURL(feeds.Atom), ThreadURL: s.documentURL(feeds.HTML), LatestURL: s.latestURL,
		Mail: set.mail, Log: s.log, Now: time.Now, NewID: newID,
	})
	if err != nil {
		return nil, err
	}
	p.service = newService(comments.Config{
		Store: store, Keys: keys, Judge: p.defences.Judge, Changed: p.written, Revised: p.defences.Learn, Settle: p.outlet.Wait,
	})
	people, err := store.Moderators(ctx)
	for _, m := range people {
		s.guarded = s.guarded || m.Password != ""
	}
	if err == nil {
		p.web, err = p.handlers(set)
	}
	return p, err
}

func newPublisher(store comments.Reader, dir *feeds.Dir, base string, log *slog.Logger) (*feeds.Publisher, error) {
	return feeds.NewPublisher(feeds.Config{Source: store, Dir: dir, Base: base, Log: log, Assets: static.Assets(), Generator: version()})
}

// newService adds to the parts of a service what is the same for all.
func newService(c comments.Config) *comments.Service {
	c.Render, c.Now, c.NewID = markup.New().Render, time.Now, newID
	return comments.NewService(c)
}

// handlers makes those for readers and moderators.
func (s *parts) handlers(set settings) (*web.Web, error) {
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

func (s *parts) moderation(set settings) (http.Handler, error) {
	return admin.New(admin.Config{
		Service: s.service, Base: s.base, FeedURL: s.documentURL(feeds.Atom), ThreadURL: s.documentURL(feeds.HTML),
		Explain: s.explain, WebhookSecret: s.webhookSecret, TrustedProxies: set.proxies, Log: s.log, Now: time.Now,
	})
}

// explain tells moderators what the classifier goes by, on their scale.
func (s *parts) explain(ctx context.Context, c comments.Comment, site comments.Site) ([]admin.Word, error) {
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

func (s *parts) webhookSecret(site, address string) string {
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
