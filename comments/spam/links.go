package spam

import (
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"postil/comments"
)

const (
	manyTimes  = 4 // more than MaxLinks times this is no exception that somebody asks for
	manyHosts  = 2 // different hosts that the site's comments have never led to
	novelPart  = comments.HoldPoints / 2
	novelTotal = 20  // published comments, below which any host is new
	maxHosts   = 200 // of one comment that are looked at
)

// links speaks of more links than the site allows without a verdict, and of
// several hosts that no published comment of the site has led to.
func links(i *inquiry) (points int) {
	allowed := i.Site.Settings.MaxLinks
	switch n := len(i.links) + typedLinks(i.Comment.HTML); {
	case n > manyTimes*max(1, allowed):
		points = 2 * comments.HoldPoints
	case n > allowed:
		points = comments.HoldPoints
	}
	if i.novel >= manyHosts {
		points += novelPart
	}
	return points
}

// novelHosts counts the hosts that a comment's text and website lead to and
// that are new to the site; none as long as it has too few comments to say.
func (i *inquiry) novelHosts() int {
	if i.knowledge.published < novelTotal {
		return 0
	}
	novel := map[uint64]bool{}
	for host := range hosts(&i.Comment) {
		if h := maphash.String(i.seed, host); !i.knowledge.hosts[h] && host != hostOf(i.Site.Settings.Origins[0]) {
			novel[h] = true
		}
	}
	return len(novel)
}

// hosts yields the hosts that a comment's text and website lead to.
func hosts(c *comments.Comment) iter.Seq[string] {
	return func(yield func(string) bool) {
		links := addresses(c.HTML)
		for _, address := range append(slices.Clip(links[:min(len(links), maxHosts)]), c.Author.Website) {
			if host := hostOf(address); host != "" && !yield(host) {
				return
			}
		}
	}
}

// addresses returns what rendered text links to. Nothing in the text itself
// looks like this, for package markup escapes it.
func addresses(html comments.HTML) (list []string) {
	const mark = `<a href="`
	for rest := string(html); ; {
		at := strings.Index(rest, mark)
		if at < 0 {
			return list
		}
		rest = rest[at+len(mark):]
		address, after, found := strings.Cut(rest, `"`)
		if !found {
			return list
		}
		list, rest = append(list, address), after
	}
}

// typedLinks counts links in HTML and BBCode, which are no links here but text
// that a program has left; in code they are meant to be text.
func typedLinks(html comments.HTML) (n int) {
	for rest := strings.ToLower(string(html)); rest != ""; {
		text, code, _ := strings.Cut(rest, "<code")
		n += strings.Count(text, "&lt;a href=") + strings.Count(text, "[url")
		_, rest, _ = strings.Cut(code, "</code>")
	}
	return n
}

// hostOf returns the host of a web address, in lower case and without port
// and leading www, or "" if it is none.
func hostOf(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found || len(scheme) > len("https") {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	if end := strings.LastIndexByte(rest, ':'); end > strings.LastIndexByte(rest, ']') {
		rest = rest[:end]
	}
	return strings.TrimPrefix(strings.ToLower(rest), "www.")
}
