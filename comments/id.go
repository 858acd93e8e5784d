package comments

import (
	"encoding/hex"
	"errors"
	"slices"
)

// ID names a comment: a UUID of version 7 (RFC 9562), so that ids sort by
// the time of their making. The zero ID names nothing.
type ID [16]byte

var errID = errors.New("not a UUID: want 8-4-4-4-12 hexadecimal digits")

// ParseID reads the canonical text form, 36 characters, in either case.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, errID
	}
	digits := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return ID{}, errID
	}
	return id, nil
}

// String returns the canonical text form in lower case.
func (id ID) String() string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// IsZero reports whether id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText makes an ID a JSON string; the zero ID becomes the empty one.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	*id, err = ParseID(string(text))
	return err
}

// UniqueIDs returns ids in their order without those that came before.
func UniqueIDs(ids []ID) []ID {
	seen := make(map[ID]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id ID) bool {
		known := seen[id]
		seen[id] = true
		return known
	})
}
