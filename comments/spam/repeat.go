package spam

import (
	"hash/maphash"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"postil/comments"
)

const (
	maxRecent    = 512           // drafts of one site that are remembered
	repeatWindow = 6 * time.Hour // for so long
	shortText    = 48            // characters, below which readers write the same by chance
	manyRepeats  = 5
	shortRepeats = 3 // of a short text, which says thanks the second time too
)

// fingerprint recognises a text without saying what it was.
type fingerprint struct {
	post   uint64 // the same for a post that is sent again, and for its edits
	page   uint64
	exact  uint64 // of the normal form
	sketch sketch // of it; empty: too short for one
	short  bool   // see shortText
	at     int64  // when it came, in Unix nanoseconds; 0: never
}

// recent remembers the fingerprints of a site's last drafts, whatever became of
// them.
type recent struct {
	mu   sync.Mutex
	ring [maxRecent]fingerprint
	next int
}

// repeat speaks of a text that has come to the site before in the last hours.
// One that comes twice to the same page is a slip, which does not hold it.
func repeat(i *inquiry) int {
	p, ok := i.fingerprint()
	if !ok {
		return 0
	}
	here, elsewhere := i.site.recent.note(p)
	switch {
	case here+elsewhere == 0, p.short && here+elsewhere < shortRepeats:
		return 0
	case here == 1 && elsewhere == 0:
		return comments.HoldPoints / 2
	case here+elsewhere < manyRepeats:
		return comments.HoldPoints
	default:
		return 2 * comments.HoldPoints
	}
}

// note counts the other posts with the text of p, on its page and elsewhere,
// and remembers p.
func (r *recent) note(p fingerprint) (here, elsewhere int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	mine := -1
	for n := range r.ring {
		switch o := &r.ring[n]; {
		case o.at == 0 || time.Duration(p.at-o.at) > repeatWindow:
		case o.post == p.post:
			mine = n
		case !o.resembles(&p):
		case o.page == p.page:
			here++
		default:
			elsewhere++
		}
	}
	if mine < 0 {
		mine, r.next = r.next, (r.next+1)%maxRecent
	}
	r.ring[mine] = p
	return here, elsewhere
}

func (p *fingerprint) resembles(o *fingerprint) bool {
	return p.exact == o.exact || p.sketch.resembles(&o.sketch)
}

// fingerprint returns that of a comment, or false for one so short that it
// would come twice by chance. One that advertises a host counts all the same.
func (i *inquiry) fingerprint() (fingerprint, bool) {
	c := &i.Comment
	text, words := normalText(c.Source)
	short := utf8.RuneCountInString(text) < shortText
	if short {
		if len(i.links) == 0 && (c.Author.Website == "" || text == "") {
			return fingerprint{}, false
		}
		text += "\x00" + hostOf(c.Author.Website)
		for _, address := range i.links[:min(len(i.links), maxHosts)] {
			text += "\x00" + hostOf(address)
		}
	}
	post := c.Idempotency[:]
	if c.Idempotency.IsZero() {
		post = c.ID[:]
	}
	return fingerprint{
		post: maphash.Bytes(i.seed, post), page: maphash.String(i.seed, string(c.Page)),
		exact: maphash.String(i.seed, text), sketch: newSketch(i.seed, text, words), short: short, at: i.now.UnixNano(),
	}, true
}

// normalText returns the words of a text in lower case, one space between
// them, and their number. What differs most cheaply is left out: digits,
// punctuation and addresses; and quoted lines, which are another's words.
func normalText(source string) (text string, words int) {
	var b strings.Builder
	b.Grow(len(source))
	for line := range strings.Lines(source) {
		if strings.HasPrefix(strings.TrimLeft(line, " "), ">") {
			continue
		}
		for field := range strings.FieldsSeq(line) {
			if strings.Contains(field, "://") {
				continue
			}
			words += appendWords(&b, field)
		}
	}
	return b.String(), words
}

func appendWords(b *strings.Builder, field string) (words int) {
	inside := false
	for _, r := range field {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			inside = false
			continue
		}
		if !inside {
			inside = true
			words++
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return words
}
