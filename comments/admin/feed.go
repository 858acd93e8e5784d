package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"postil/comments"
	"postil/static/csp"
)

// feedSize is how many of the newest held comments a private feed has.
const feedSize = 50

func (s *server) feedPath(m comments.Moderator) string {
	return "/moderate/feed/" + m.Name + "/" + s.Service.Keys.FeedToken(m) + ".xml"
}

// showFeed is GET /moderate/feed/NAME/TOKEN.xml: the queue of a moderator as an
// Atom feed, whose address is a capability.
func (s *server) showFeed(v *visit) error {
	h := v.header()
	h.Set(csp.Header, csp.Feed().String())
	h.Set("Referrer-Policy", "no-referrer")
	token, ok := strings.CutSuffix(v.r.PathValue("file"), ".xml")
	if !ok {
		return notFound(v)
	}
	m, err := s.Service.OpenFeed(v.r.Context(), v.r.PathValue("name"), token)
	if err != nil {
		return err
	}
	v.who = m // for its sites
	sites, err := s.sites(v)
	if err != nil {
		return err
	}
	q := search{sites: sites, size: feedSize, filter: comments.Filter{Statuses: []comments.Status{comments.Held}, Limit: feedSize + 1}}
	held, _, err := s.run(v.r.Context(), q)
	if err != nil {
		return err
	}
	body, err := s.feed(v.lang, m, held)
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/xml; charset=utf-8") // browsers do not show application/atom+xml
	h.Set("Cache-Control", "private, no-cache")             // kept by its reader alone, and asked for again each time
	sum := sha256.Sum256(body)
	h.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:15])+`"`)
	v.started = true
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// feed writes the Atom document.
func (s *server) feed(lang string, m comments.Moderator, held []found) ([]byte, error) {
	f := s.feedHead(lang, m)
	updated := m.Created
	for _, c := range held {
		f.Entries = append(f.Entries, s.feedEntry(lang, m, c))
		if at := c.Updated(); at.After(updated) {
			updated = at
		}
	}
	f.Updated = timestamp(updated)
	var b bytes.Buffer
	b.WriteString(xml.Header + `<?xml-stylesheet type="text/css" href="` + escape(s.path+"/postil.css") + "\"?>\n")
	e := xml.NewEncoder(&b)
	e.Indent("", " ")
	if err := e.Encode(f); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// expiry is until when the links of a feed act. It moves once a day, so that a
// feed in which nothing happens stays the same bytes.
func (s *server) expiry() time.Time { return s.Now().UTC().Truncate(day).Add(comments.LinkLife) }

// timestamp is RFC 3339 in UTC, to the microsecond.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00") }

// escape makes character data or the value of an attribute.
func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a bytes.Buffer takes everything
	return b.String()
}

// tag begins the ids of a feed or a site's entries: tag URIs (RFC 4151), which
// survive a move of the service. An authority has no port, and only names are
// authorities.
func tag(host string, since time.Time, rest string) string {
	port := ""
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		if _, err := strconv.ParseUint(host[i+1:], 10, 16); err == nil {
			host, port = host[:i], host[i+1:]+":"
		}
	}
	host = strings.NewReplacer("[", "", "]", "", ":", "-").Replace(host)
	return "tag:" + host + "," + since.UTC().Format(time.DateOnly) + ":" + port + rest
}
