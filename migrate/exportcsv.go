package migrate

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"postil/comments"
)

// csvExport writes RFC 4180: a line of names, then a line for each comment.
type csvExport struct{ w *csv.Writer }

func newCSVExport(w io.Writer) *csvExport { return &csvExport{csv.NewWriter(w)} }

func (x *csvExport) begin() error {
	return x.w.Write([]string{"site", "page", "id", "parent", "number", "status", "name", "website", "created", "edited", "pinned", "votes", "origin", "origin_id", "markup", "source", "html"})
}

func (x *csvExport) site(comments.Site) error { return nil }

func (x *csvExport) thread(comments.Site, comments.ArchivedThread) error { return nil }

func (x *csvExport) comment(s comments.Site, t comments.ArchivedThread, c *comments.Imported) error {
	parent, edited := "", ""
	if !c.Parent.IsZero() {
		parent = c.Parent.String()
	}
	if !c.Edited.IsZero() {
		edited = c.Edited.Format(time.RFC3339Nano)
	}
	return x.w.Write([]string{
		s.Host, string(t.Page), c.ID.String(), parent, strconv.FormatInt(c.Number, 10), string(c.Status), plainCell(c.Author.Name), c.Author.Website,
		c.Created.Format(time.RFC3339Nano), edited, strconv.FormatBool(c.Pinned), strconv.FormatInt(c.Votes, 10),
		plainCell(c.Origin.Source), plainCell(c.Origin.ID), string(c.Markup), plainCell(c.Source), c.HTML.XHTML(),
	})
}

// plainCell puts an apostrophe before what spreadsheets would take for a
// formula, and work out: readers wrote it.
func plainCell(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}

func (x *csvExport) end() error {
	x.w.Flush()
	return x.w.Error()
}
