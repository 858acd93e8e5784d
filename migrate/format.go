package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Format is a kind of export that can be imported.
type Format struct {
	Name     string // as the command line names it
	Describe string // one line for help and messages
	Source   string // Origin.Source of its comments

	// One of these reads it: from text, from an SQLite database, or from a
	// folder of files.
	text     func(context.Context, *stream, emit)
	database func(context.Context, *sql.DB, string, emit)
	tree     func(context.Context, fs.FS, string, emit)

	xml   bool                  // the text is XML
	looks func(h *heading) bool // whether the start of a file looks like it
}

// Streams reports whether a format can be read from a pipe.
func (f *Format) Streams() bool { return f.text != nil }

// Formats returns all, in the order in which they are told apart.
func Formats() []*Format {
	return []*Format{
		postilFormat(), disqusFormat(), disqusWXRFormat(), wordpressFormat(),
		issoFormat(), cusdisFormat(), remark42Format(), commentoFormat(),
		walineFormat(), leancloudFormat(), artalkFormat(), issoJSONFormat(), cusdisDumpFormat(),
		staticmanFormat(),
	}
}

// FormatNames returns their names, sorted.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Auto is the name under which [Open] finds out the format by itself.
const Auto = "auto"

// choose returns the format of a heading: the named one if the heading looks
// like it, and with Auto whichever it looks like.
func choose(name string, h *heading) (*Format, error) {
	var found *Format
	for _, f := range Formats() {
		if f.looks(h) {
			found = f
			break
		}
	}
	switch {
	case found == nil && h.packed() != "":
		return nil, fmt.Errorf("%s: is %s", h.name, h.packed())
	case found == nil && name == Auto:
		return nil, fmt.Errorf("%s: is %s, which is no export that can be imported; those of %s can", h.name, h.what(), strings.Join(FormatNames(), ", "))
	case found == nil && !slices.Contains(FormatNames(), name):
		return nil, fmt.Errorf("there is no format %q; choose auto or one of %s", name, strings.Join(FormatNames(), ", "))
	case found == nil:
		return nil, fmt.Errorf("%s: is %s, not %s", h.name, h.what(), describe(name))
	case name != Auto && found.Name != name:
		if !slices.Contains(FormatNames(), name) {
			return nil, fmt.Errorf("there is no format %q; choose auto or one of %s", name, strings.Join(FormatNames(), ", "))
		}
		return nil, fmt.Errorf("%s: is %s, not %s; import it as: %s", h.name, found.Describe, describe(name), found.Name)
	}
	return found, nil
}

func describe(name string) string {
	for _, f := range Formats() {
		if f.Name == name {
			return f.Describe
		}
	}
	return name
}
