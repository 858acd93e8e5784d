package migrate

import (
	"context"
	"database/sql"
	"fmt"
)

// Where a row of links stands.
const (
	skipped = 0 // not stored
	live    = 1 // to be stored
	place   = 2 // skipped, but its place is kept for live answers
)

const linkSchema = `
CREATE INDEX rows_id ON rows (id);
CREATE TABLE twice AS SELECT r.seq FROM rows r JOIN (SELECT id, min(seq) AS first FROM rows WHERE id <> '' GROUP BY id HAVING count(*) > 1) d ON r.id = d.id AND r.seq > d.first;
CREATE UNIQUE INDEX twice_seq ON twice (seq);
CREATE TABLE links (
	seq INTEGER PRIMARY KEY, page INTEGER, up INTEGER, -- row of the parent
	keep INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '',
	outer INTEGER NOT NULL DEFAULT 0, -- the parent is not in this export
	mended TEXT NOT NULL DEFAULT '', walk INTEGER NOT NULL DEFAULT 0,
	there INTEGER NOT NULL DEFAULT 0 -- it had been stored before
);
INSERT INTO links (seq, page, up, keep, reason, detail, outer)
SELECT seq, page, up, reason = '', reason, CASE WHEN reason = told THEN thread_detail ELSE detail END, parent <> '' AND up IS NULL
FROM (
	SELECT r.seq, t.page, r.parent, r.detail, coalesce(t.detail, '') AS thread_detail, coalesce(t.reason, '') AS told,
		CASE WHEN r.parent <> '' THEN (SELECT min(p.seq) FROM rows p WHERE p.id = r.parent) END AS up,
		CASE
			WHEN r.seq IN (SELECT seq FROM twice) THEN :twice
			WHEN r.skip <> '' THEN r.skip
			WHEN t.told = 0 OR t.id IS NULL THEN :nothread
			WHEN t.gone THEN :gone
			ELSE t.reason
		END AS reason
	FROM rows r LEFT JOIN threads t ON t.id = r.thread
);
UPDATE links SET up = NULL, mended = 'its parent is on another page'
WHERE up IS NOT NULL AND keep > 0 AND page IS NOT (SELECT p.page FROM links p WHERE p.seq = links.up);
CREATE INDEX links_up ON links (up) WHERE up IS NOT NULL;
CREATE INDEX links_keep ON links (keep) WHERE keep > 1;
UPDATE threads SET posts = 0;
CREATE TABLE posts AS SELECT thread, count(*) AS n FROM rows WHERE thread > 0 GROUP BY thread;
UPDATE threads SET posts = p.n FROM posts p WHERE p.thread = threads.id;
`

// resolve finds out which rows belong together, and which are to be stored.
func (s *stage) resolve(ctx context.Context) error {
	if _, err := s.db.ExecContext(ctx, linkSchema, named("twice", Duplicate), named("nothread", NoThread), named("gone", GoneThread)); err != nil {
		return s.failed(err)
	}
	return s.keepPlaces(ctx)
}

func named(name string, r Reason) sql.NamedArg { return sql.Named(name, string(r)) }

// keepPlaces keeps the places of skipped rows that live ones answer, from
// answer to parent, a generation at a time.
func (s *stage) keepPlaces(ctx context.Context) error {
	const mark = `UPDATE links SET keep = ? WHERE keep = 0 AND page IS NOT NULL AND seq IN (SELECT up FROM links WHERE keep = ? AND up IS NOT NULL)`
	for generation := int64(live); ; generation++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		stmt, err := s.statement(mark)
		if err != nil {
			return err
		}
		result, err := stmt.Exec(generation+1, generation)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
	}
}

// cutCycles makes the oldest of rows that answer each other answer nothing.
// Only those do not come into order.
func (s *stage) cutCycles(ctx context.Context) error {
	if err := s.exec(`CREATE TABLE pending AS SELECT seq FROM links WHERE keep > 0 AND seq NOT IN (SELECT seq FROM ordered)`); err != nil {
		return err
	}
	for after, walk := int64(0), int64(1); ; walk++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		seq := int64(0)
		if err := s.value(&seq, `SELECT seq FROM pending WHERE seq > ? ORDER BY seq LIMIT 1`, after); err != nil || seq == 0 {
			return err
		}
		after = seq
		if err := s.follow(seq, walk); err != nil {
			return err
		}
	}
}

// follow goes from parent to parent, until it comes to where it, or an
// earlier one, has been.
func (s *stage) follow(seq, walk int64) error {
	for at := seq; at != 0; {
		var up, walked int64
		if err := s.values(`SELECT coalesce(up, 0), walk FROM links WHERE seq = ?`, []any{at}, &up, &walked); err != nil {
			return err
		}
		switch walked {
		case 0:
			if err := s.exec(`UPDATE links SET walk = ? WHERE seq = ?`, walk, at); err != nil {
				return err
			}
			at = up
		case walk:
			return s.cut(at)
		default:
			return nil
		}
	}
	return nil
}

// cut goes round a cycle for its oldest row.
func (s *stage) cut(start int64) error {
	oldest, oldestAt := start, int64(0)
	for at, first := start, true; first || at != start; first = false {
		var up, created int64
		if err := s.values(`SELECT l.up, r.created FROM links l JOIN rows r ON r.seq = l.seq WHERE l.seq = ?`, []any{at}, &up, &created); err != nil {
			return err
		}
		if first || created < oldestAt || created == oldestAt && at < oldest {
			oldest, oldestAt = at, created
		}
		at = up
	}
	return s.exec(`UPDATE links SET up = NULL, mended = 'it answers its own answer' WHERE seq = ?`, oldest)
}

// order puts the rows to be stored into their order: page by page, parents
// before answers, and else by time. A parent that is dated after its answer
// takes that along.
func (s *stage) order(ctx context.Context) error {
	if err := s.exec(`CREATE TABLE ordered (at INTEGER PRIMARY KEY, seq INTEGER NOT NULL)`); err != nil {
		return err
	}
	for again := true; ; again = false {
		if err := s.arrange(ctx); err != nil {
			return err
		}
		var missing int64
		if err := s.value(&missing, `SELECT (SELECT count(*) FROM links WHERE keep > 0) - (SELECT count(*) FROM ordered)`); err != nil || missing == 0 {
			return err
		}
		if !again {
			return fmt.Errorf("%d rows could not be put in order", missing)
		}
		if err := s.cutCycles(ctx); err != nil {
			return err
		}
	}
}

func (s *stage) arrange(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		DELETE FROM ordered;
		WITH RECURSIVE tree(seq, page, rank, depth) AS (
			SELECT l.seq, l.page, r.rank, 0 FROM links l JOIN rows r ON r.seq = l.seq WHERE l.keep > 0 AND l.up IS NULL
			UNION ALL
			SELECT l.seq, l.page, max(t.rank, r.rank), t.depth + 1 FROM tree t CROSS JOIN links l ON l.up = t.seq CROSS JOIN rows r ON r.seq = l.seq WHERE l.keep > 0
		)
		INSERT INTO ordered (seq) SELECT seq FROM tree ORDER BY page, rank, depth, seq`)
	return s.failed(err)
}

// settle notes what became of a row that was to be stored.
func (s *stage) settle(seq int64, keep int, reason Reason, detail string, there bool, mended string) error {
	return s.exec(`UPDATE links SET keep = ?, reason = ?, detail = ?, there = ?, mended = CASE WHEN ? = '' THEN mended ELSE ? END WHERE seq = ?`,
		keep, string(reason), detail, there, mended, mended, seq)
}
