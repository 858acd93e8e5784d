package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"postil/comments"
	"postil/static"
)

// showSites is GET /admin/sites.
func (s *server) showSites(v *visit) error {
	sites, err := s.sites(v)
	if err != nil {
		return err
	}
	view := static.AdminSitesPage{AdminPage: s.page(v, "sites", static.Text(v.lang, "admin.title.sites")), Empty: static.Text(v.lang, "admin.empty.sites")}
	for _, site := range sites {
		tally, err := s.Service.Store.Tally(v.r.Context(), site.Host, queueCount)
		if err != nil {
			return err
		}
		number := func(status comments.Status) string { return counted(tally[status], tally[status] >= queueCount) }
		view.Sites = append(view.Sites, static.AdminSite{
			Host: site.Host, URL: s.siteURL(site.Host), QueueURL: s.address("queue", "site", site.Host),
			Policy: static.Text(v.lang, "admin.policy."+string(site.Settings.Policy)),
			Held:   number(comments.Held), Spam: number(comments.Spam), Published: number(comments.Published),
		})
	}
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminSites(out, view) })
}

func (s *server) siteURL(host string) string { return s.address("sites/" + url.PathEscape(host)) }

// showSite is GET /admin/sites/HOST.
func (s *server) showSite(v *visit) error {
	site, err := s.site(v, v.r.PathValue("host"))
	if err != nil {
		return err
	}
	return s.writeSite(v, http.StatusOK, site, settingFields(v.lang, site.Settings), "")
}

// writeSite shows the form, filled in with what is stored or has been typed.
func (s *server) writeSite(v *visit, status int, site comments.Site, fields map[string]static.AdminField, alert string) error {
	view := static.AdminFormPage{
		AdminPage: s.page(v, "sites", site.Host), Action: s.siteURL(site.Host), Button: static.Text(v.lang, "admin.save"),
		Hidden: []static.AdminHidden{{Name: "was", Value: version(site.Settings)}},
		Groups: settingGroups(v.lang, fields), Facts: s.siteFacts(v.lang, site),
	}
	view.Alert = alert
	for _, do := range []string{"owner-key", "unlearn"} {
		view.Others = append(view.Others, static.AdminStep{
			Title: static.Text(v.lang, "admin.step.title."+do), Text: static.Text(v.lang, "admin.step.text."+do),
			Button: static.Text(v.lang, "admin.step.button."+do), Action: view.Action, Do: do, Hidden: view.Hidden, Grave: true,
		})
	}
	return v.write(status, func(out io.Writer) error { return static.RenderAdminForm(out, view) })
}

// siteFacts are what others need to know who work with a site.
func (s *server) siteFacts(lang string, site comments.Site) []static.AdminFact {
	facts := []static.AdminFact{{Name: static.Text(lang, "admin.fact.owner"), Text: "#" + s.Service.Keys.OwnerKey(site), Code: true}}
	if s.WebhookSecret == nil {
		return facts
	}
	for _, hook := range site.Settings.Webhooks {
		facts = append(facts, static.AdminFact{Name: static.Text(lang, "admin.fact.secret", "address", hook), Text: s.WebhookSecret(site.Host, hook), Code: true})
	}
	return facts
}

// version names settings as they are, so that a form does not undo what has
// been changed since it was opened.
func version(settings comments.Settings) string {
	text, err := json.Marshal(settings)
	if err != nil { // impossible for the types of Settings
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// changeSite is POST /admin/sites/HOST.
func (s *server) changeSite(v *visit) error {
	site, err := s.site(v, v.r.PathValue("host"))
	if err != nil {
		return err
	}
	settings, fields, faults, err := readSettings(v, site.Settings)
	done := "saved"
	switch v.typed("do") {
	case "owner-key":
		settings, faults, done = site.Settings, 0, "owner-key"
		settings.OwnerSerial++
	case "unlearn":
		settings, faults, done = site.Settings, 0, "unlearned"
		settings.LearnSince = s.Now().UTC().Truncate(1000)
	}
	if err != nil && done == "saved" {
		return err
	}
	if faults > 0 {
		return s.writeSite(v, http.StatusBadRequest, site, fields, static.Count(v.lang, "admin.faults", int64(faults)))
	}
	if v.typed("was") != version(site.Settings) {
		return s.writeSite(v, http.StatusConflict, site, fields, static.Text(v.lang, "admin.error.settings"))
	}
	site.Settings = settings
	if err := s.Service.Store.PutSite(v.r.Context(), site); err != nil {
		return err
	}
	s.Service.Changed()
	v.redirect(s.address("sites/"+url.PathEscape(site.Host), "done", done))
	return nil
}
