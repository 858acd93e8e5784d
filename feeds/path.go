package feeds

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"postil/comments"
)

// maxSegment is the longest name of a directory, in bytes: file systems stop
// at 255, and twins and temporary names need room.
const maxSegment = 200

// Trees of the output directory.
const (
	feedsTree = "feeds"
	sitesTree = "sites"
)

// Form is one of the ways in which a document of a thread exists.
type Form int

// The forms, in the order in which they are written. Every document exists as
// the first three; as a Fragment, for pages that include it, the current one
// only, and only on sites that ask for it.
const (
	Atom Form = iota
	HTML
	JSON
	Fragment
)

// formsOf returns the forms of a document of a site.
func formsOf(s comments.Site, archive int64) []Form {
	forms := []Form{Atom, HTML, JSON}
	if s.Settings.Fragment && archive == 0 {
		forms = append(forms, Fragment)
	}
	return forms
}

// Document is one of the documents of a page.
type Document struct {
	Form    Form
	Archive int64       // its number from 1, or 0 for the current document
	Replies comments.ID // the comment whose answers it holds, as Atom only; zero for all others
}

var (
	stems      = [...]string{Atom: "feed", HTML: "thread", JSON: "thread", Fragment: "fragment"}
	extensions = [...]string{Atom: ".xml", HTML: ".html", JSON: ".json", Fragment: ".html"}
)

// Name returns the file's name within the directory of its page.
func (d Document) Name() string {
	if !d.Replies.IsZero() {
		return "replies-" + d.Replies.String() + extensions[Atom]
	}
	if d.Archive == 0 {
		return stems[d.Form] + extensions[d.Form]
	}
	return fmt.Sprintf("%s-%d%s", stems[d.Form], d.Archive, extensions[d.Form])
}

// Path returns where a document stands, relative to the output directory and
// to the service's base address alike, percent-decoded. Different documents
// never share a path: a piece of the page's address is written as it reads
// where that is a safe name, and in a form that no safe name has where it is
// not (see [segment]).
func Path(host string, page comments.Page, d Document) string {
	return pageDir(host, page) + "/" + d.Name()
}

// URL returns the absolute address of a document; base has no trailing slash.
func URL(base, host string, page comments.Page, d Document) string {
	return urlOf(base, Path(host, page, d))
}

func urlOf(base, path string) string {
	return base + (&url.URL{Path: "/" + path}).EscapedPath()
}

// pageDir returns the directory of a page's documents.
func pageDir(host string, page comments.Page) string {
	dir := siteDir(feedsTree, host)
	for _, s := range segments(page) {
		dir += "/" + segment(s)
	}
	return dir
}

// siteDir returns the directory of a site in one of the two trees. Both trees
// hold such directories only, so that a host may end in .br or .gz.
func siteDir(tree, host string) string {
	if len(host) <= maxSegment && plainHost.MatchString(host) {
		return tree + "/" + host
	}
	return tree + "/" + escapeSegment(host)
}

var plainHost = regexp.MustCompile(`^[a-z0-9\[][a-z0-9.:\[\]-]*$`)

// segments splits a page's address at its slashes. A kept query belongs to the
// last one, which is empty on the home page.
func segments(page comments.Page) []string {
	p, query, _ := strings.Cut(strings.TrimPrefix(string(page), "/"), "?")
	all := strings.Split(p, "/")
	if query != "" {
		all[len(all)-1] += "?" + query
	}
	if all[0] == "" && len(all) == 1 {
		return nil
	}
	return all
}

// segment returns the directory's name for one canonical, percent-encoded
// piece of an address, with its kept query:
//
//   - the piece percent-decoded, if that is a safe name;
//   - else "=" and the piece, still encoded, in lower-case base32hex
//     (RFC 4648 §7) without padding;
//   - else, where that is too long, "==" and its SHA-256 in hexadecimal.
func segment(piece string) string {
	p, query, hasQuery := strings.Cut(piece, "?")
	plain, err := url.PathUnescape(p)
	if err != nil || strings.Contains(plain, "?") {
		return escapeSegment(piece)
	}
	if hasQuery {
		plain += "?" + query
	}
	if !safe(plain) {
		return escapeSegment(piece)
	}
	return plain
}

// reserved are names of documents and of their twins. They are compared
// without regard to case, for some file systems do the same.
var reserved = regexp.MustCompile(`(?i)^(feed|thread|fragment)(-\d+)?\.(xml|html|json)$|^replies-[0-9a-f-]{36}\.xml$|\.(br|gz)$`)

// safe reports whether a directory may have this name beside documents, twins
// and the dot-files of [Dir].
func safe(name string) bool {
	if name == "" || len(name) > maxSegment || name[0] == '.' || name[0] == '=' || !utf8.ValidString(name) {
		return false
	}
	odd := func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) }
	return !strings.ContainsFunc(name, odd) && !reserved.MatchString(name)
}

var base32hex = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

func escapeSegment(piece string) string {
	if coded := "=" + base32hex.EncodeToString([]byte(piece)); len(coded) <= maxSegment {
		return coded
	}
	sum := sha256.Sum256([]byte(piece))
	return "==" + hex.EncodeToString(sum[:])
}

// hashed reports whether a path holds a piece that cannot be read back.
func hashed(path string) bool { return strings.Contains(path, "/==") }
