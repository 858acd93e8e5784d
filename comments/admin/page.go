package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"postil/comments"
	"postil/static"
)

// navCount is up to which number the comments that wait are counted on every
// page.
const navCount = 100

// page returns what a page needs, with the way to the others. here is the
// part of the program that it belongs to.
func (s *server) page(v *visit, here, title string) static.AdminPage {
	p := static.AdminPage{
		Page:   static.Page{Lang: v.lang, Title: title, Stylesheet: s.path + static.AdminAsset("admin.css").Path},
		Script: s.path + static.AdminAsset("admin.js").Path, Icon: s.path + static.AdminAsset("icon.svg").Path,
		Who: v.who.Name,
	}
	if v.who.Name == "" {
		return p
	}
	for _, name := range []string{"queue", "comments", "numbers", "log", "sites", "outbox", "moderators", "account"} {
		if adminsOnly(name) && v.who.Role != comments.RoleAdmin {
			continue
		}
		nav := static.AdminNav{URL: s.path + "/admin/" + name, Text: static.Text(v.lang, "admin.nav."+name), Here: name == here}
		if name == "queue" {
			nav.Count = s.waiting(v)
		}
		p.Nav = append(p.Nav, nav)
	}
	p.Done, p.DoneURL = s.done(v)
	return p
}

func adminsOnly(name string) bool { return name == "sites" || name == "outbox" || name == "moderators" }

// waiting counts what is held, for an ornament: a page must not fail by it.
func (s *server) waiting(v *visit) string {
	sites, err := s.sites(v)
	if err != nil {
		return ""
	}
	n, over, err := s.tally(v, sites, comments.Held, navCount)
	if err != nil || n == 0 {
		return ""
	}
	return counted(n, over)
}

// tally counts the comments of sites with a status, each up to a limit.
func (s *server) tally(v *visit, sites []comments.Site, status comments.Status, limit int64) (n int64, over bool, err error) {
	for _, site := range sites {
		all, err := s.Service.Store.Tally(v.r.Context(), site.Host, limit)
		if err != nil {
			return 0, false, err
		}
		n += all[status]
		over = over || all[status] >= limit
	}
	return n, over, nil
}

// counted writes a number with thin groups, and whether there are more.
func counted(n int64, over bool) string {
	digits := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && len(digits) > 4 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	if over {
		b.WriteByte('+')
	}
	return b.String()
}

// done returns what the form before this page has done, in words. The address
// only chooses among our own texts.
func (s *server) done(v *visit) (text, link string) {
	key := v.query("done")
	if key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return "", ""
	}
	n, err := strconv.ParseInt(v.query("n"), 10, 32)
	if err != nil {
		n = 1
	}
	text = static.Count(v.lang, "admin.done."+key, n)
	if strings.HasPrefix(text, "admin.done.") {
		return "", ""
	}
	if id, err := comments.ParseID(v.query("about")); err == nil {
		link = s.commentURL(id)
	}
	return text, link
}

// here is the address of this page without word of what was done, for coming
// back to it.
func (s *server) here(v *visit) string {
	q := v.r.URL.Query()
	for _, name := range []string{"done", "n", "about"} {
		q.Del(name)
	}
	return s.path + withQuery(v.r.URL.Path, q)
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// address makes an address of the moderators' pages. Values alternate names
// and values; empty ones are left out.
func (s *server) address(path string, values ...string) string {
	q := url.Values{}
	for i := 0; i < len(values); i += 2 {
		if values[i+1] != "" {
			q.Set(values[i], values[i+1])
		}
	}
	return s.path + withQuery("/admin/"+path, q)
}

func (s *server) commentURL(id comments.ID) string { return s.address("comments/" + id.String()) }

// showAsset is GET /admin/static/FILE: the script, the sheet, the icon.
func (s *server) showAsset(v *visit) error {
	f, ok := s.assets[v.r.URL.Path]
	if !ok {
		return notFound(v)
	}
	h := v.header()
	h.Set("Content-Type", f.Type)
	h.Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246
	h.Set("Vary", "Accept-Encoding")
	body := f.Body
	if accepts(v.r, "br") && f.Brotli != nil {
		h.Set("Content-Encoding", "br")
		body = f.Brotli
	} else if accepts(v.r, "gzip") && f.Gzip != nil {
		h.Set("Content-Encoding", "gzip")
		body = f.Gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.started = true
	_, _ = v.w.Write(body) // a browser that went away is no fault
	return nil
}

// accepts reports whether a browser takes a coding (RFC 9110 §12.5.3). One
// with a weight of its own is left aside: no browser sends it.
func accepts(r *http.Request, coding string) bool {
	for item := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(item) == coding {
			return true
		}
	}
	return false
}
