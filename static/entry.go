package static

import (
	"html"
	"strconv"
	"strings"
)

// entrySize is what most entries take beside their words, in bytes.
const entrySize = 800

// RenderEntry makes one comment of a thread, for a ThreadPage. The same entry
// gives the same markup: callers may keep it. No template does it, since a
// page may have two hundred of them: html/template takes ten times as long.
func RenderEntry(e ThreadEntry) Markup {
	var w entryWriter
	words := entryMarkup(trusted(e.HTML))
	w.Grow(len(words) + entrySize)
	if e.Gone {
		w.gone(&e)
	} else {
		w.article(&e, words)
	}
	return entryMarkup(w.String())
}

// entryMarkup is markup of an entry, or of Identicon: constants of this
// package, what is escaped, and what is Markup already.
type entryMarkup string

func (m entryMarkup) XHTML() string { return string(m) }

// escaped makes character data or the value of an attribute.
func escaped(s string) entryMarkup { return entryMarkup(html.EscapeString(s)) }

// said is a text of a language.
func said(lang, key string, args ...any) entryMarkup { return escaped(Text(lang, key, args...)) }

type entryWriter struct{ strings.Builder }

func (w *entryWriter) put(parts ...entryMarkup) {
	for _, p := range parts {
		w.WriteString(string(p))
	}
}

// gone leaves a place for answers.
func (w *entryWriter) gone(e *ThreadEntry) {
	w.put(`<p class="gone depth-`, entryMarkup(strconv.Itoa(e.Depth)), `" id="`, escaped(e.Anchor), `">`)
	w.was(e)
	w.put(said(e.Lang, "entry.gone"), "</p>\n")
}

// was is where links to the comment's old place lead.
func (w *entryWriter) was(e *ThreadEntry) {
	if e.Was != "" {
		w.put(`<span class="was" id="`, escaped(e.Was), `"></span>`)
	}
}

func (w *entryWriter) article(e *ThreadEntry, words entryMarkup) {
	anchor := escaped(e.Anchor)
	w.put(`<article class="entry depth-`, entryMarkup(strconv.Itoa(e.Depth)), `" id="`, anchor, `" aria-labelledby="`, anchor, `-by">`+"\n"+`<header class="by">`)
	w.was(e)
	w.author(e)
	w.put("\n"+`<a class="when" href="#`, anchor, `"><time datetime="`, escaped(iso(e.Created)), `">`, escaped(Date(e.Lang, e.Created)), `</time></a>`)
	w.marks(e)
	w.put("</header>\n")
	if e.ParentURL != "" {
		w.put(`<p class="answers"><a href="`, escaped(e.ParentURL), `">`, said(e.Lang, "entry.earlier"), "</a></p>\n")
	}
	w.put(`<div class="words">`, words, "</div>\n")
	if e.ReplyURL != "" {
		w.put(`<footer class="acts"><a class="reply" href="`, escaped(e.ReplyURL), `" target="_top">`, said(e.Lang, "entry.reply"), "</a></footer>\n")
	}
	w.put("</article>\n")
}

// author is the heading, and the badge of a signed name.
func (w *entryWriter) author(e *ThreadEntry) {
	heading, who := entryMarkup("h2"), escaped(e.Name)
	if e.Nested {
		heading = "h3"
	}
	if isWeb(e.Website) {
		who = `<a href="` + escaped(e.Website) + `" rel="nofollow ugc noopener" target="_top">` + who + `</a>`
	}
	w.put("<", heading, ` id="`, escaped(e.Anchor), `-by">`)
	if e.Badge != "" {
		w.put(entryMarkup(Identicon(e.Badge)), " ")
	}
	w.put(who, "</", heading, ">")
	if e.Badge != "" {
		w.put("\n"+`<span class="badge" title="`, said(e.Lang, "entry.badge", "badge", e.Badge), `">`, escaped(ShortBadge(e.Badge)), "</span>")
	}
}

// isWeb reports whether an address may be linked as an author's website.
func isWeb(address string) bool {
	scheme, _, ok := strings.Cut(address, "://")
	return ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

func (w *entryWriter) marks(e *ThreadEntry) {
	if e.Owner {
		w.put("\n"+`<span class="mark owner">`, said(e.Lang, "entry.owner"), "</span>")
	}
	if e.Pinned {
		w.put("\n"+`<span class="mark">`, said(e.Lang, "entry.pinned"), "</span>")
	}
	if e.Edited {
		w.put("\n"+`<span class="mark">`, said(e.Lang, "entry.edited"), "</span>")
	}
}
