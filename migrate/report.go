package migrate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"postil/comments"
)

// topPages is how many pages a report names, those with most comments first.
const topPages = 20

// Report says what became of the rows of an import. A row is a comment, or a
// thread in which nobody ever wrote; each is counted once.
type Report struct {
	Format      string           `json:"format"`
	File        string           `json:"file"`
	Site        string           `json:"site"`
	DryRun      bool             `json:"dry_run,omitempty"`
	Run         comments.ID      `json:"run,omitzero"`
	Rows        int64            `json:"rows"`
	Imported    int64            `json:"imported"`
	There       int64            `json:"already_there"`
	Places      int64            `json:"kept_as_places"` // skipped, but answered: their words are left out, their place is kept
	Skipped     map[Reason]int64 `json:"skipped"`
	Held        int64            `json:"held"`    // of those imported
	Threads     int64            `json:"threads"` // with comments that are stored
	Merged      int64            `json:"threads_merged"`
	Pages       int64            `json:"pages"`
	Closed      int64            `json:"pages_closed"`
	Mended      int64            `json:"parents_mended"`
	Addresses   int64            `json:"addresses"` // e-mails in the export, of rows that are stored
	Oldest      time.Time        `json:"oldest,omitzero"`
	Newest      time.Time        `json:"newest,omitzero"`
	TopPages    []PageCount      `json:"top_pages"`
	Notices     []string         `json:"notices,omitempty"`
	KeptAddress bool             `json:"addresses_kept,omitempty"`
}

// PageCount is how many comments of an import a page has.
type PageCount struct {
	Page     comments.Page `json:"page"`
	Comments int64         `json:"comments"`
}

// Adds reports whether every row is counted once.
func (r *Report) Adds() bool {
	sum := r.Imported + r.There + r.Places
	for _, n := range r.Skipped {
		sum += n
	}
	return sum == r.Rows
}

// sum counts what became of all rows.
func (s *stage) sum(r *Report) error {
	if err := s.markKept(false); err != nil {
		return err
	}
	var oldest, newest int64
	err := s.values(`SELECT
		(SELECT count(*) FROM links) + (SELECT count(*) FROM threads WHERE row AND posts = 0),
		count(*) FILTER (WHERE keep = 1 AND NOT there), count(*) FILTER (WHERE there), count(*) FILTER (WHERE keep > 1 AND NOT there),
		count(*) FILTER (WHERE keep = 1 AND NOT there AND r.status = 'held'),
		count(*) FILTER (WHERE keep > 0 AND mended <> ''), count(*) FILTER (WHERE keep = 1 AND NOT there AND coalesce(nullif(r.email, ''), w.email, '') <> ''),
		coalesce(min(r.created) FILTER (WHERE keep = 1), 0), coalesce(max(r.created) FILTER (WHERE keep = 1), 0)
		FROM links l JOIN rows r ON r.seq = l.seq LEFT JOIN people w ON w.key = r.by AND r.by <> ''`, nil,
		&r.Rows, &r.Imported, &r.There, &r.Places, &r.Held, &r.Mended, &r.Addresses, &oldest, &newest)
	if err != nil {
		return err
	}
	if oldest != 0 {
		r.Oldest, r.Newest = time.UnixMicro(oldest).UTC(), time.UnixMicro(newest).UTC()
	}
	err = s.values(`SELECT count(*), count(DISTINCT page) FROM threads WHERE kept AND posts > 0`, nil, &r.Threads, &r.Pages)
	if err != nil {
		return err
	}
	r.Merged = r.Threads - r.Pages
	if err := s.value(&r.Closed, `SELECT count(*) `+closed); err != nil {
		return err
	}
	if err := s.sumReasons(r); err != nil {
		return err
	}
	return s.sumPages(r)
}

func (s *stage) sumReasons(r *Report) error {
	rows, err := s.db.Query(`SELECT reason, count(*) FROM links WHERE keep = 0 GROUP BY reason
		UNION ALL SELECT ?, count(*) FROM threads WHERE row AND posts = 0 HAVING count(*) > 0`, string(Empty))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var reason Reason
		var n int64
		if err := rows.Scan(&reason, &n); err != nil {
			return err
		}
		r.Skipped[reason] += n
	}
	return rows.Err()
}

func (s *stage) sumPages(r *Report) error {
	rows, err := s.db.Query(`SELECT g.page, count(*) AS n FROM links l JOIN pages g ON g.id = l.page WHERE l.keep = 1
		GROUP BY l.page ORDER BY n DESC, g.page LIMIT ?`, topPages)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.TopPages = []PageCount{}
	for rows.Next() {
		var p PageCount
		if err := rows.Scan(&p.Page, &p.Comments); err != nil {
			return err
		}
		r.TopPages = append(r.TopPages, p)
	}
	return rows.Err()
}

// fate is a line of the list of all rows.
type fate struct {
	Place  Place         `json:"place"`
	ID     string        `json:"id,omitempty"`
	Thread string        `json:"thread,omitempty"` // of a row that is a thread
	Fate   string        `json:"fate"`             // imported, already there, kept as a place, skipped
	Reason Reason        `json:"reason,omitempty"`
	Detail string        `json:"detail,omitempty"`
	Mended string        `json:"mended,omitempty"`
	Page   comments.Page `json:"page,omitempty"`
}

// writeRows writes the report with the fate of every row, in their order.
func (s *stage) writeRows(to io.Writer, r Report) error {
	w := bufio.NewWriter(to)
	summary, err := json.MarshalIndent(r, "  ", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "{\n  \"summary\": %s,\n  \"rows\": [", summary)
	rows, err := s.db.Query(`
		SELECT r.place, r.id, '', CASE WHEN l.there THEN 'already there' WHEN l.keep = 1 THEN 'imported' WHEN l.keep > 1 THEN 'kept as a place' ELSE 'skipped' END,
			l.reason, l.detail, l.mended, coalesce(g.page, '')
		FROM links l JOIN rows r ON r.seq = l.seq LEFT JOIN pages g ON g.id = l.page
		UNION ALL
		SELECT t.place, '', t.key, 'skipped', ?, t.detail, '', coalesce(g.page, '') FROM threads t LEFT JOIN pages g ON g.id = t.page WHERE t.row AND t.posts = 0`, string(Empty))
	if err != nil {
		return err
	}
	defer rows.Close()
	for first := true; rows.Next(); first = false {
		var f fate
		var at string
		if err := rows.Scan(&at, &f.ID, &f.Thread, &f.Fate, &f.Reason, &f.Detail, &f.Mended, &f.Page); err != nil {
			return err
		}
		f.Place = parsePlace(at)
		line, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if !first {
			w.WriteByte(',')
		}
		w.WriteString("\n    ")
		w.Write(line)
	}
	w.WriteString("\n  ]\n}\n")
	if err := rows.Err(); err != nil {
		return err
	}
	return w.Flush()
}

func parsePlace(text string) (p Place) {
	parts := strings.Split(text, "\x1f")
	if len(parts) != 5 {
		return p
	}
	p.File, p.Table = parts[0], parts[3]
	p.Line, _ = strconv.Atoi(parts[1])
	p.Offset, _ = strconv.ParseInt(parts[2], 10, 64)
	p.Row, _ = strconv.ParseInt(parts[4], 10, 64)
	return p
}
