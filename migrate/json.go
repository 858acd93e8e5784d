package migrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxJSONDepth is how many arrays and objects around the rows of an export
// may stand within each other.
const maxJSONDepth = 16

var (
	errCutJSON  = errors.New("ends in the middle: the file is not complete")
	errJSONDeep = fmt.Errorf("arrays and objects are nested more than %d deep outside of rows", maxJSONDepth)
)

// rowReader takes one element of an array, which may be of any shape.
type rowReader func(raw json.RawMessage, place Place) (Item, error)

// walkJSON reads one document as a stream. The elements of an array at a path
// of keys, such as "data.Comment", go to the reader of that path; those of a
// document that is itself an array to the one of "". All else is passed over.
func walkJSON(s *stream, pass emit, readers map[string]rowReader) {
	w := &jsonWalk{s: s, d: json.NewDecoder(s), pass: pass, readers: readers}
	err := w.value("", 0)
	if err == nil {
		err = w.end()
	}
	if err != nil && err != errStop {
		pass(Item{}, w.damage(err))
	}
}

type jsonWalk struct {
	s       *stream
	d       *json.Decoder
	pass    emit
	readers map[string]rowReader
}

func (w *jsonWalk) damage(err error) *Damage {
	switch {
	case w.s.broken != nil:
		err = w.s.broken
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errCutJSON
	}
	return &Damage{Place{File: w.s.name, Offset: max(1, w.d.InputOffset())}, err}
}

// end refuses what stands behind the document.
func (w *jsonWalk) end() error {
	w.s.begin()
	if _, err := w.d.Token(); err != io.EOF {
		if err == nil {
			err = errors.New("holds more than one JSON document")
		}
		return err
	}
	return nil
}

func (w *jsonWalk) value(path string, depth int) error {
	if depth > maxJSONDepth {
		return errJSONDeep
	}
	w.s.begin()
	t, err := w.d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		return w.object(path, depth)
	case json.Delim('['):
		if read := w.readers[path]; read != nil {
			return w.rows(read)
		}
		return w.array(path, depth)
	}
	return nil
}

func (w *jsonWalk) object(path string, depth int) error {
	for w.d.More() {
		w.s.begin()
		t, err := w.d.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if err := w.value(strings.TrimPrefix(path+"."+key, "."), depth+1); err != nil {
			return err
		}
	}
	_, err := w.d.Token()
	return err
}

func (w *jsonWalk) array(path string, depth int) error {
	for w.d.More() {
		if err := w.value(path+"[]", depth+1); err != nil {
			return err
		}
	}
	_, err := w.d.Token()
	return err
}

func (w *jsonWalk) rows(read rowReader) error {
	for w.d.More() {
		w.s.begin()
		place := Place{File: w.s.name, Offset: w.d.InputOffset() + 1}
		var raw json.RawMessage
		if err := w.d.Decode(&raw); err != nil {
			return err
		}
		if !passRow(read, raw, place, w.pass) {
			return errStop
		}
	}
	_, err := w.d.Token()
	return err
}

// passRow reads one row. One that cannot be read does not hinder the next.
func passRow(read rowReader, raw json.RawMessage, place Place, pass emit) bool {
	item, err := read(raw, place)
	switch err {
	case nil:
	case errRowRead:
		return true
	case errStop:
		return false
	default:
		return pass(Item{}, &Damage{place, plainJSON(err)})
	}
	item.Place = place
	return pass(item, nil)
}

// plainJSON says what is wrong with a row without naming Go's types.
func plainJSON(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is a %s, which is not expected there", e.Field, e.Value)
	}
	return err
}

// walkLines reads JSON Lines: each line is a row, but for comments after #.
func walkLines(s *stream, pass emit, read rowReader) {
	for {
		s.begin()
		place := s.at()
		line, err := readLine(s)
		if text := bytes.TrimSpace(line); len(text) > 0 && text[0] != '#' && (err == nil || err == io.EOF) {
			if !passRow(read, text, place, pass) {
				return
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			pass(Item{}, s.damage(err))
			return
		}
	}
}

func readLine(s *stream) ([]byte, error) {
	var line []byte
	for {
		b, err := s.ReadByte()
		if err != nil || b == '\n' {
			return line, err
		}
		line = append(line, b)
	}
}

// scalar is a JSON string, number or truth value as text: systems do not
// agree with themselves on which they write. Of LeanCloud's objects it takes
// the time or id that they stand for.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		*s = scalar(strings.TrimSpace(text))
		return err
	case '{':
		var object struct {
			ISO  string `json:"iso"`
			Date string `json:"$date"`
			ID   string `json:"objectId"`
			OID  string `json:"$oid"`
		}
		err := json.Unmarshal(raw, &object)
		*s = scalar(object.ISO + object.Date + object.ID + object.OID)
		return err
	case '[':
		return errors.New("a list stands where one value is expected")
	case 'n':
		*s = ""
		return nil
	}
	*s = scalar(raw)
	if n, err := strconv.ParseFloat(string(raw), 64); err == nil && strings.ContainsAny(string(raw), "eE") {
		*s = scalar(strconv.FormatFloat(n, 'f', -1, 64))
	}
	return nil
}

func (s scalar) String() string { return string(s) }
