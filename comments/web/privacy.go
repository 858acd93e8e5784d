package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// showPrivacy is GET /privacy: what is kept and for how long, as the settings
// have it now. With a site in the query it is about that one only.
func (s *server) showPrivacy(w *response, r *http.Request) error {
	sites, err := s.told(r.Context(), r.URL.Query())
	if err != nil {
		return err
	}
	lang := defaultLanguage
	if len(sites) == 1 {
		lang = sites[0].Settings.Language
	}
	view := static.PrivacyPage{Page: s.view(lang, static.Text(lang, "privacy.title")), Mail: s.Mail}
	for _, site := range sites {
		view.Sites = append(view.Sites, privacyOf(site))
	}
	return writePage(w, http.StatusOK, csp.Form(), func(out io.Writer) error { return static.RenderPrivacy(out, view) })
}

// told returns the sites that a query asks about.
func (s *server) told(ctx context.Context, query url.Values) ([]comments.Site, error) {
	if !query.Has("site") {
		return s.Service.Store.Sites(ctx)
	}
	site, err := s.Service.Site(ctx, query.Get("site"))
	return []comments.Site{site}, err
}

func privacyOf(site comments.Site) static.PrivacySite {
	set := site.Settings
	p := static.PrivacySite{
		Host: site.Host, URL: site.Link("/"), Policy: string(set.Policy), EditWindow: set.EditWindow,
		Held: set.Retention.Held, Spam: set.Retention.Spam, Unconfirmed: set.Retention.Unconfirmed, Audit: set.Retention.Audit,
		Hub: hostOf(set.Hub),
	}
	for _, hook := range set.Webhooks {
		if host := hostOf(hook); !slices.Contains(p.Webhooks, host) {
			p.Webhooks = append(p.Webhooks, host)
		}
	}
	return p
}

// hostOf returns who is behind an address. The rest of it may be secret.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
