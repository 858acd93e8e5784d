package migrate

import (
	"encoding/csv"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

// TestBreaksSurviveADisqusExport takes words whose newlines are no breaks
// through a format in which they would become some.
func TestBreaksSurviveADisqusExport(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t, openSQLite(t)), newWorld(t, openSQLite(t))
	w.write("/a", "", "soft\nbreak  \nhard break\n\n```\ncode\n\n  more\n```\n\n> q\n> r\n\n* a\n* b")
	other.imports(job{format: "disqus-wxr", files: []string{"-"}, stdin: []byte(w.export("disqus-wxr", host))})
	list, err := other.store.Archived(t.Context(), host, "/a", comments.ID{}, 1)
	w.must(err)
	w.same("words", "<p>soft break<br/>hard break</p><pre><code>code\n\n  more\n</code></pre><blockquote><p>q r</p></blockquote><ul><li>a</li><li>b</li></ul>",
		list[0].HTML.XHTML())
}

// TestSpreadsheetsWorkOutNothing that readers wrote.
func TestSpreadsheetsWorkOutNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	_, err := w.Submit(t.Context(), comments.Draft{Site: host, Page: "/a", Name: "=cmd|' /C calc'!A0", Body: "@SUM(A1), \"quoted\"\nand = more"})
	w.must(err)
	rows, err := csv.NewReader(strings.NewReader(w.export("csv", host))).ReadAll()
	w.must(err)
	if len(rows) != 2 || len(rows[1]) != len(rows[0]) {
		t.Fatalf("rows %q", rows)
	}
	cell := map[string]string{}
	for i, name := range rows[0] {
		cell[name] = rows[1][i]
	}
	w.same("name", "'=cmd|' /C calc'!A0", cell["name"])
	w.same("source", "'@SUM(A1), \"quoted\"\nand = more", cell["source"])
	w.same("html", "<p>@SUM(A1), \"quoted\"\nand = more</p>", cell["html"])
}

func TestTheAtomExportIsAsNewAsItsNewestEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	first := w.write("/a", "", "first")
	last := w.write("/b", "", "last")
	held := w.write("/c", "", "held")
	_, err := w.Decide(t.Context(), "moderator", host, []comments.ID{held.ID}, comments.Held)
	w.must(err)
	var feed struct {
		Updated []time.Time `xml:"updated"`
		Entries []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	w.must(xml.Unmarshal([]byte(w.export("atom", host)), &feed))
	if len(feed.Updated) != 1 || !feed.Updated[0].Equal(last.Created) || len(feed.Entries) != 2 || !strings.HasSuffix(feed.Entries[0].ID, first.ID.String()) {
		t.Errorf("feed %+v; its newest comment is of %v", feed, last.Created)
	}
}
