package admin

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postil/comments"
	"postil/static"
)

// Comments that one page lists. The largest lets a flood be dealt with at
// once.
var pageSizes = [...]int{50, 200, 1000}

// search is what a moderator looks for.
type search struct {
	site   string // host, or empty for all that are the moderator's
	status string
	page   string // as typed
	text   string
	badge  string
	before comments.ID
	size   int

	sites  []comments.Site // where
	filter comments.Filter // without its Site and Page
}

// newSearch reads a search from an address. An error is at the field that is
// wrong; the search then holds what was typed all the same.
func (s *server) newSearch(v *visit) (search, error) {
	q := search{site: v.query("site"), status: v.query("status"), page: v.query("page"), text: v.query("text"), badge: v.query("badge"), size: pageSizes[0]}
	sites, err := s.sites(v)
	if err != nil {
		return q, err
	}
	q.sites = sites
	if q.site != "" {
		site, err := s.site(v, q.site)
		if err != nil {
			return q, err
		}
		q.sites = []comments.Site{site}
	}
	return q, q.read(v)
}

// read reads everything but the site.
func (q *search) read(v *visit) (err error) {
	if raw := v.query("before"); raw != "" {
		if q.before, err = comments.ParseID(raw); err != nil {
			return comments.FieldError("before", "is not the id of a comment")
		}
	}
	if raw := v.query("size"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || !slices.Contains(pageSizes[:], n) {
			return comments.FieldError("size", "%q is none of %v", raw, pageSizes)
		}
		q.size = n
	}
	q.filter = comments.Filter{Text: q.text, Before: q.before, Limit: q.size + 1}
	if q.status != "" {
		if !slices.Contains(statuses(), comments.Status(q.status)) {
			return comments.FieldError("status", "%q is none of %v", q.status, statuses())
		}
		q.filter.Statuses = []comments.Status{comments.Status(q.status)}
	}
	if q.badge != "" {
		q.filter.Badge, err = comments.ParseBadge(q.badge)
	}
	return err
}

func statuses() []comments.Status {
	return []comments.Status{comments.Held, comments.Published, comments.Spam, comments.Deleted}
}

// found is a comment with its site.
type found struct {
	comments.Comment
	site comments.Site
}

// run returns the newest comments that are looked for, and whether there are
// more. Ids sort by time, so what the sites have goes together by them.
func (s *server) run(ctx context.Context, q search) (list []found, more bool, err error) {
	for _, site := range q.sites {
		f := q.filter
		f.Site = site.Host
		if q.page != "" {
			if f.Page, err = site.Page(q.page); err != nil {
				if len(q.sites) == 1 {
					return nil, false, err
				}
				continue // the address of another site's page
			}
		}
		some, err := s.Service.Store.Search(ctx, f)
		if err != nil {
			return nil, false, err
		}
		for _, c := range some {
			list = append(list, found{c, site})
		}
	}
	if len(q.sites) > 1 {
		slices.SortFunc(list, func(a, b found) int { return slices.Compare(b.ID[:], a.ID[:]) })
	}
	if len(list) > q.size {
		return list[:q.size], true, nil
	}
	return list, false, nil
}

// values is the search as part of an address, from a comment on.
func (q search) values(before string) url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"site": q.site, "status": q.status, "page": q.page, "text": q.text, "badge": q.badge, "before": before,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.size != pageSizes[0] {
		values.Set("size", strconv.Itoa(q.size))
	}
	return values
}

// siteField chooses one of the moderator's sites, or all.
func siteField(lang, chosen string, sites []comments.Site, all bool) static.AdminField {
	f := static.AdminField{Name: "site", Kind: "choice", Label: static.Text(lang, "admin.search.site")}
	if all {
		f.Options = append(f.Options, static.AdminOption{Label: static.Text(lang, "admin.search.sites"), Chosen: chosen == ""})
	}
	for _, site := range sites {
		f.Options = append(f.Options, static.AdminOption{Value: site.Host, Label: site.Host, Chosen: site.Host == chosen})
	}
	return f
}

// fields are the search as a form. The queue has fewer.
func (q search) fields(lang string, sites []comments.Site, queue bool) []static.AdminField {
	var fields []static.AdminField
	if len(sites) > 1 {
		fields = append(fields, siteField(lang, q.site, sites, true))
	}
	if !queue {
		status := static.AdminField{Name: "status", Kind: "choice", Label: static.Text(lang, "admin.search.status")}
		status.Options = append(status.Options, static.AdminOption{Label: static.Text(lang, "admin.search.statuses"), Chosen: q.status == ""})
		for _, one := range statuses() {
			status.Options = append(status.Options, static.AdminOption{
				Value: string(one), Label: static.Text(lang, "admin.status."+string(one)), Chosen: string(one) == q.status,
			})
		}
		fields = append(fields, status)
	}
	for _, f := range []struct{ name, kind, value string }{{"text", "search", q.text}, {"page", "text", q.page}, {"badge", "text", q.badge}} {
		if !queue || f.name == "text" {
			fields = append(fields, static.AdminField{
				Name: f.name, Kind: f.kind, Value: f.value, Label: static.Text(lang, "admin.search."+f.name),
				Hint: strings.TrimPrefix(static.Text(lang, "admin.search.hint."+f.name), "admin.search.hint."+f.name),
			})
		}
	}
	return append(fields, q.sizeField(lang))
}

func (q search) sizeField(lang string) static.AdminField {
	f := static.AdminField{Name: "size", Kind: "choice", Label: static.Text(lang, "admin.search.size")}
	for _, n := range pageSizes {
		text := strconv.Itoa(n)
		f.Options = append(f.Options, static.AdminOption{Value: text, Label: text, Chosen: n == q.size})
	}
	return f
}
