package migrate

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
)

// headSize is how much of a file decides what it is.
const headSize = 64 << 10

const sqliteMagic = "SQLite format 3\x00"

// heading is what the start of a file shows.
type heading struct {
	name   string
	text   []byte // its start, decompressed; nil for databases and folders
	root   string // local name of an XML document's root element
	spaces string // all namespaces that the root binds
	tables map[string][]string
	folder bool
	keys   map[string]bool // of the first JSON object, and of the first object of its arrays as "array.key"
	list   bool            // the JSON is an array
	cut    bool            // the text goes on behind what is seen of it
}

// newHeading looks at the start of a text.
func newHeading(name string, text []byte) *heading {
	h := &heading{name: name, text: text, cut: len(text) >= headSize}
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(trimmed) == 0:
	case trimmed[0] == '<':
		h.readRoot()
	case trimmed[0] == '{' || trimmed[0] == '[':
		h.readShape(trimmed)
	case bytes.HasPrefix(trimmed, []byte("#filetype:JSON-streaming")):
		if _, rest, ok := bytes.Cut(trimmed, []byte("\n")); ok {
			h.readShape(rest)
		}
	}
	return h
}

// what says in a few words what a file is that no format knows.
func (h *heading) what() string {
	switch {
	case h.folder:
		return "a folder without files of comments"
	case h.tables != nil:
		return "an SQLite database of something else"
	case h.root != "":
		return "XML with the root element " + h.root
	case h.keys != nil:
		return "JSON of an unknown shape"
	case len(bytes.TrimSpace(h.text)) == 0:
		return "empty"
	default:
		return "neither XML nor JSON nor an SQLite database"
	}
}

// packed says what a file is that has to become another one first, and how, or
// "". Its text has U+FFFD where XML has no character.
func (h *heading) packed() string {
	const unpack = "; unpack it, and import what is in it"
	for start, is := range map[string]string{
		"PK\ufffd\ufffd":  "a zip archive" + unpack,
		"7z\ufffd\ufffd":  "a 7z archive" + unpack,
		"BZh":             "compressed with bzip2" + unpack,
		"\ufffd7zXZ":      "compressed with xz" + unpack,
		"(\ufffd/\ufffd":  "compressed with zstd" + unpack,
		"SQLite format 3": "an SQLite database, which cannot be read from a pipe; name its file",
	} {
		if bytes.HasPrefix(h.text, []byte(start)) {
			return is
		}
	}
	if h.root == "" && h.keys == nil && bytes.Contains(h.text[:min(len(h.text), maxTarHeader)], []byte("ustar")) {
		return "a tar archive" + unpack
	}
	return ""
}

// maxTarHeader is how far into a file tar's magic can stand: at byte 257, each
// of the bytes before perhaps replaced by three.
const maxTarHeader = 3*257 + 5

// prefix reports whether a namespace is bound, or where a file binds neither
// of those that tell WXR apart, whether its usual prefix is used all the same.
func (h *heading) prefix(usual, space string) bool {
	if strings.Contains(h.spaces, "wordpress.org/export") || strings.Contains(h.spaces, "disqus.com") {
		return strings.Contains(h.spaces, space)
	}
	return bytes.Contains(h.text, []byte("<"+usual+":"))
}

func (h *heading) readRoot() {
	d := xml.NewDecoder(bytes.NewReader(h.text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.Token()
		if err != nil {
			return
		}
		if s, ok := t.(xml.StartElement); ok {
			h.root = s.Name.Local
			for _, a := range s.Attr {
				h.spaces += " " + a.Name.Local + "=" + a.Value
			}
			return
		}
	}
}

// readShape collects the keys of JSON as far as the text goes.
func (h *heading) readShape(text []byte) {
	h.keys = map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(text))
	t, err := d.Token()
	if err != nil {
		return
	}
	h.list = t == json.Delim('[')
	if h.list {
		if t, err = d.Token(); err != nil || t != json.Delim('{') {
			return
		}
	}
	h.readKeys(d, "", 0)
}

// readKeys reads an object that has begun, to the depth that tells formats
// apart. It reports whether the object ended within the text.
func (h *heading) readKeys(d *json.Decoder, prefix string, depth int) bool {
	for {
		t, err := d.Token()
		if err != nil {
			return false
		}
		key, ok := t.(string)
		if !ok { // the end
			return true
		}
		h.keys[prefix+key] = true
		if t, err = d.Token(); err != nil {
			return false
		}
		if text, ok := t.(string); ok && depth == 0 {
			h.keys[prefix+key+"="+text] = true
		}
		if delim, ok := t.(json.Delim); ok && !h.readValue(d, delim, prefix+key+".", depth) {
			return false
		}
	}
}

// readValue reads an array or object that has begun.
func (h *heading) readValue(d *json.Decoder, delim json.Delim, prefix string, depth int) bool {
	if delim == '{' && depth < 3 {
		return h.readKeys(d, prefix, depth+1)
	}
	for first := true; ; first = false {
		t, err := d.Token()
		if err != nil {
			return false
		}
		switch t {
		case json.Delim('{'):
			if first && depth < 3 {
				if !h.readKeys(d, prefix, depth+1) {
					return false
				}
				continue
			}
			if !passOver(d) {
				return false
			}
		case json.Delim('['):
			if !passOver(d) {
				return false
			}
		case json.Delim(']'), json.Delim('}'):
			return true
		}
	}
}

func passOver(d *json.Decoder) bool {
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return false
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return true
}

// has reports whether all of these keys were seen.
func (h *heading) has(keys ...string) bool {
	for _, k := range keys {
		if !h.keys[k] {
			return false
		}
	}
	return true
}

// readTables collects the tables of a database with their columns.
func (h *heading) readTables(ctx context.Context, db *sql.DB) error {
	h.tables = map[string][]string{}
	rows, err := db.QueryContext(ctx, `SELECT lower(m.name), lower(c.name) FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return err
		}
		h.tables[table] = append(h.tables[table], column)
	}
	return rows.Err()
}

// hasTable reports whether a table has all of these columns.
func (h *heading) hasTable(table string, columns ...string) bool {
	have, ok := h.tables[table]
	for _, c := range columns {
		ok = ok && strings.Contains(" "+strings.Join(have, " ")+" ", " "+c+" ")
	}
	return ok
}
