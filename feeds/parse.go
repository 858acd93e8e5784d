package feeds

import (
	"io/fs"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postil/comments"
)

// request is what a path asks for.
type request struct {
	tree   string // feedsTree or sitesTree
	host   string
	page   string   // an address to be canonicalised; in feedsTree only
	doc    Document // in feedsTree
	name   string   // in sitesTree: one of siteFiles
	lossy  bool     // a piece is a hash: only the file system knows its page
	nested int      // how many directories below the site's
}

var documentName = regexp.MustCompile(`^(feed|thread|fragment)(?:-([1-9][0-9]{0,17}))?\.(xml|html|json)$`)

var repliesName = regexp.MustCompile(`^replies-([0-9a-f-]{36})\.xml$`)

// parseDocument reads the name of a document.
func parseDocument(name string) (Document, bool) {
	if m := repliesName.FindStringSubmatch(name); m != nil {
		id, err := comments.ParseID(m[1])
		return Document{Replies: id}, err == nil && !id.IsZero()
	}
	m := documentName.FindStringSubmatch(name)
	if m == nil {
		return Document{}, false
	}
	archive, _ := strconv.ParseInt(m[2], 10, 64) // at most 18 digits, or none
	for form := range Form(len(stems)) {
		if stems[form] == m[1] && extensions[form] == "."+m[3] {
			return Document{Form: form, Archive: archive}, form != Fragment || archive == 0
		}
	}
	return Document{}, false
}

// parse reads a percent-decoded path relative to the output directory. It
// accepts what [Path] makes and the plain form of every address too, so that
// whoever writes links need not know the escapes.
func parse(path string) (request, bool) {
	pieces := strings.Split(path, "/")
	if len(pieces) < 3 {
		return request{}, false
	}
	last := len(pieces) - 1
	r := request{tree: pieces[0], name: pieces[last], nested: last - 2}
	host, lossy := unescapeSegment(pieces[1])
	r.host, r.lossy = strings.ToLower(host), lossy
	switch r.tree {
	case sitesTree:
		return r, r.nested == 0 && slices.Contains(siteFiles[:], r.name)
	case feedsTree:
		var ok bool
		r.doc, ok = parseDocument(r.name)
		r.readPage(pieces[2:last])
		return r, ok
	default:
		return request{}, false
	}
}

// readPage turns directories back into an address.
func (r *request) readPage(dirs []string) {
	var b strings.Builder
	for i, dir := range dirs {
		if dir == "" {
			continue // a doubled slash names nothing
		}
		b.WriteByte('/')
		piece, lossy := unescapeSegment(dir)
		r.lossy = r.lossy || lossy
		if piece != dir {
			b.WriteString(piece)
			continue
		}
		p, query, hasQuery := piece, "", false
		if i == len(dirs)-1 {
			p, query, hasQuery = strings.Cut(piece, "?")
		}
		b.WriteString(url.PathEscape(p))
		if hasQuery {
			b.WriteString("?" + query)
		}
	}
	r.page = b.String()
	if r.page == "" {
		r.page = "/"
	}
}

// unescapeSegment returns the encoded piece that a directory stands for, or
// the directory's name if it is not an escape.
func unescapeSegment(dir string) (piece string, lossy bool) {
	if rest, ok := strings.CutPrefix(dir, "=="); ok {
		return dir, len(rest) == 64
	}
	if rest, ok := strings.CutPrefix(dir, "="); ok {
		if b, err := base32hex.DecodeString(rest); err == nil {
			return string(b), false
		}
	}
	return dir, false
}

// canonical returns where the document of a request really stands on a site
// that keeps these query parameters.
func (r request) canonical(keep []string) (comments.Page, string, error) {
	page, err := comments.CanonicalPage(r.page, keep)
	if err != nil {
		return "", "", err
	}
	return page, Path(r.host, page, r.doc), nil
}

// owns reports whether a file that was asked for may stand at the very path it
// was asked for by. Anything else must not be opened: the cache would keep one
// file under several names, and Put would renew but one.
func (r request) owns(path string) bool {
	if r.tree == sitesTree {
		return path == SitePath(r.host, r.name)
	}
	if r.lossy {
		return fs.ValidPath(path) && strings.IndexByte(path, 0) < 0
	}
	_, query, _ := strings.Cut(r.page, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	_, canonical, err := r.canonical(slices.Collect(maps.Keys(values))) // whatever the site keeps
	return err == nil && canonical == path
}
