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
	if bytes.Count(s.clean.Bytes(), []byte{'<'}) > maxTags {
		return "", errTooManyTags()
	}
	nodes, err := html.ParseFragment(bytes.NewReader(s.clean.Bytes()), r.context)
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
