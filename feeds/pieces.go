package feeds

import (
	"sync"
	"time"

	"postil/comments"
)

// maxPieces bounds what is kept of rendered entries, in bytes.
const maxPieces = 12 << 20

// pieceOverhead is what a kept entry takes beside its texts, roughly.
const pieceOverhead = 700

// pieces keeps entries as they were rendered. A busy page is written again and
// again, and all but one of its entries are what they were before.
type pieces struct {
	mu         sync.Mutex
	young, old map[pieceKey]piece // two generations: what was not used for one is dropped
	size       int                // of the young, in bytes
}

// pieceKey is everything that decides how an entry is rendered, but for the
// renderer itself.
type pieceKey struct {
	form           Form
	created        time.Time // of the site
	language       string
	origin         string // where links to the blog lead
	closed         bool
	depth, answers int
	answer         bool
	parentURL      string
	was            string
	comment        comments.Comment
}

// piece is a rendered entry.
type piece string

// XHTML makes a piece that is a part of thread.html fit for its template.
func (p piece) XHTML() string { return string(p) }

// key returns the key of an entry of d, whose parent is at parentURL if that
// is in another document.
func (d *document) key(form Form, e *entry, parentURL string) pieceKey {
	c := e.Comment
	c.Source, c.Verdicts, c.By = "", "", "" // long, and not rendered; nor are the hashes
	c.EditKey, c.Idempotency, c.Fingerprint = comments.Hash{}, comments.Hash{}, comments.Hash{}
	return pieceKey{
		form: form, created: d.site.Created, language: d.site.Settings.Language, origin: d.site.Settings.Origins[0],
		closed: d.closed, depth: e.depth, answers: e.answers, answer: e.answer, parentURL: parentURL, was: e.was, comment: c,
	}
}

// get returns an entry of d as it was rendered before, or renders it.
func (p *pieces) get(d *document, form Form, e *entry, parentURL string, render func() markup) piece {
	if p == nil {
		return piece(render())
	}
	key := d.key(form, e, parentURL)
	p.mu.Lock()
	found, ok := p.young[key]
	if !ok {
		if found, ok = p.old[key]; ok {
			p.keep(key, found)
		}
	}
	p.mu.Unlock()
	if ok {
		return found
	}
	made := piece(render())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(key, made)
	return made
}

// keep makes a piece one of the young. The caller holds mu.
func (p *pieces) keep(key pieceKey, made piece) {
	if p.young == nil || p.size > maxPieces/2 {
		p.young, p.old, p.size = map[pieceKey]piece{}, p.young, 0
	}
	p.young[key] = made
	p.size += len(made) + len(key.comment.HTML) + pieceOverhead
}
