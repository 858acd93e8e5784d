package markup

import (
	"bytes"
	"io"

	"golang.org/x/net/html"

	"postil/comments"
)

func errTooDeep() error {
	return comments.FieldError("body", "is nested too deeply; at most %d levels are accepted", maxDepth)
}

func errTooLarge() error {
	return comments.FieldError("body", "becomes too long once rendered; at most %d bytes are accepted", maxOutput)
}

func errTooManyTags() error {
	return comments.FieldError("body", "has too many formatted parts; at most %d tags are accepted", maxTags)
}

// sanitise takes any HTML through the two lines of defence. What shows nothing
// becomes nothing.
func (r *Renderer) sanitise(s *scratch, source io.Reader) (comments.HTML, error) {
	s.clean.Reset()
	if err := r.policy.SanitizeReaderToWriter(source, &s.clean); err != nil {
		return "", &comments.Error{Kind: comments.Invalid, Field: "body", Text: "cannot be read as HTML", Cause: err}
	}
	if s.clean.full {
		return "", errTooLarge()
	}
	return r.rewrite(s, s.clean.Bytes())
}

// settle rewrites what came of imported HTML until nothing changes: of
// misnested tags the parser makes trees that no HTML can express, such as a dd
// within a dd, so that a reader of XML would see another comment than a reader
// of HTML. A few rounds suffice.
func (r *Renderer) settle(s *scratch, out comments.HTML) (comments.HTML, error) {
	for range maxRounds {
		again, err := r.rewrite(s, []byte(out))
		if err != nil {
			return "", err
		}
		if again == out {
			return out, nil
		}
		out = again
	}
	return "", comments.FieldError("body", "is HTML that cannot be put in order; close its elements in the order they were opened")
}

// rewrite parses HTML and writes it as XHTML.
func (r *Renderer) rewrite(s *scratch, source []byte) (comments.HTML, error) {
	if bytes.Count(source, []byte{'<'}) > maxTags {
		return "", errTooManyTags()
	}
	nodes, err := html.ParseFragment(bytes.NewReader(source), r.context)
	if err != nil { // only nesting makes the parser give up
		return "", errTooDeep()
	}
	w := writer{allowed: r.allowed, out: s.out[:0]}
	for _, n := range nodes {
		w.node(n, 1)
	}
	s.out = w.out
	if w.err != nil || !w.shows {
		return "", w.err
	}
	return comments.HTML(bytes.Trim(w.out, " \t\n")), nil
}

// limited is a buffer that swallows what exceeds maxOutput: the libraries that
// write to it cannot be stopped, but they can be starved.
type limited struct {
	bytes.Buffer
	full bool
}

func (l *limited) Reset() { l.Buffer.Reset(); l.full = false }

func (l *limited) room(n int) bool {
	l.full = l.full || l.Len()+n > maxOutput
	return !l.full
}

func (l *limited) Write(p []byte) (int, error) {
	if l.room(len(p)) {
		return l.Buffer.Write(p)
	}
	return len(p), nil
}

func (l *limited) WriteString(s string) (int, error) {
	if l.room(len(s)) {
		return l.Buffer.WriteString(s)
	}
	return len(s), nil
}

func (l *limited) WriteByte(c byte) error {
	if l.room(1) {
		return l.Buffer.WriteByte(c)
	}
	return nil
}

func (l *limited) WriteRune(r rune) (int, error) { return l.WriteString(string(r)) }

// Buffered and Flush make it what goldmark writes to without a buffer of its own.
func (l *limited) Buffered() int { return 0 }

func (l *limited) Flush() error { return nil }
