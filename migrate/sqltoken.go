package migrate

import (
	"errors"
	"io"
	"strings"
)

// sqlToken is the smallest piece of SQL that means something.
type sqlToken struct {
	kind byte   // w: word, i: quoted name, s: string, n: number, or the character itself; 0 at the end
	text string // of a string without its quotes
}

func (t sqlToken) is(word string) bool { return t.kind == 'w' && strings.EqualFold(t.text, word) }

// name reports whether the token names a table or column.
func (t sqlToken) name() bool { return t.kind == 'w' || t.kind == 'i' }

// sqlText splits a dump into tokens.
type sqlText struct {
	*stream
	back    []byte // read too far
	ahead   *sqlToken
	slashes bool // a backslash escapes in strings: a dump of MySQL
}

func (t *sqlText) get() (byte, error) {
	if n := len(t.back); n > 0 {
		b := t.back[n-1]
		t.back = t.back[:n-1]
		return b, nil
	}
	return t.ReadByte()
}

func (t *sqlText) unget(b byte) { t.back = append(t.back, b) }

func (t *sqlText) peek() (sqlToken, error) {
	if t.ahead == nil {
		next, err := t.next()
		if err != nil {
			return next, err
		}
		t.ahead = &next
	}
	return *t.ahead, nil
}

// next returns the next token; its kind is 0 at the end.
func (t *sqlText) next() (sqlToken, error) {
	if t.ahead != nil {
		token := *t.ahead
		t.ahead = nil
		return token, nil
	}
	for {
		b, err := t.get()
		if err == io.EOF {
			return sqlToken{}, nil
		}
		if err != nil {
			return sqlToken{}, err
		}
		switch {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			continue
		case b == '-' || b == '/':
			passed, err := t.comment(b)
			if err != nil {
				return sqlToken{}, err
			}
			if passed {
				continue
			}
			return sqlToken{kind: b, text: string(b)}, nil
		case b == '\'':
			text, err := t.quoted(b, t.slashes)
			return sqlToken{'s', text}, err
		case b == '"' || b == '`':
			t.slashes = t.slashes || b == '`'
			text, err := t.quoted(b, false)
			return sqlToken{'i', text}, err
		case isWordByte(b):
			return t.word(b)
		default:
			return sqlToken{kind: b, text: string(b)}, nil
		}
	}
}

func isWordByte(b byte) bool {
	return b == '_' || b == '.' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b >= 0x80
}

// word reads a word or number. A letter before a quote says how a string is
// written.
func (t *sqlText) word(first byte) (sqlToken, error) {
	word := []byte{first}
	for {
		b, err := t.get()
		if err == io.EOF {
			break
		}
		if err != nil {
			return sqlToken{}, err
		}
		if b == '\'' && len(word) == 1 && strings.IndexByte("eEnNxX", first) >= 0 {
			text, err := t.quoted(b, first == 'e' || first == 'E')
			return sqlToken{'s', text}, err
		}
		if !isWordByte(b) {
			t.unget(b)
			break
		}
		word = append(word, b)
	}
	if '0' <= first && first <= '9' || first == '.' {
		return sqlToken{'n', string(word)}, nil
	}
	return sqlToken{'w', string(word)}, nil
}

var sqlEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '0': ' ', 'Z': ' ', 'b': ' '}

// quoted reads to the closing quote, of which two stand for one.
func (t *sqlText) quoted(quote byte, slashes bool) (string, error) {
	var text []byte
	for {
		b, err := t.get()
		if err == io.EOF {
			return "", errors.New("a string does not end: the file is not complete")
		}
		if err != nil {
			return "", err
		}
		if b == '\\' && slashes {
			if b, err = t.get(); err != nil {
				return "", err
			}
			if c, ok := sqlEscapes[b]; ok {
				b = c
			}
		} else if b == quote {
			again, err := t.get()
			if err == io.EOF {
				return string(text), nil
			}
			if err != nil {
				return "", err
			}
			if again != quote {
				t.unget(again)
				return string(text), nil
			}
		}
		text = append(text, b)
	}
}

// comment passes over a comment, if what begins with first is one.
func (t *sqlText) comment(first byte) (bool, error) {
	second, err := t.get()
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	end := "\n"
	switch string([]byte{first, second}) {
	case "--":
	case "/*":
		end = "*/"
	default:
		t.unget(second)
		return false, nil
	}
	for tail := ""; tail != end; {
		b, err := t.get()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return true, err
		}
		if tail += string(b); len(tail) > len(end) {
			tail = tail[1:]
		}
	}
	return true, nil
}
