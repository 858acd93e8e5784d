package migrate

import (
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"postil/comments"
)

// issoExport writes a database as Isso 0.13 and later have it (user_version
// 5). Answers stand on one level there.
type issoExport struct {
	w       io.Writer
	scratch string
	path    string
	db      *sql.DB
	insert  *sql.Stmt
	threads int64
}

const issoSchema = `
PRAGMA user_version = 5;
CREATE TABLE preferences (key VARCHAR PRIMARY KEY, value VARCHAR);
CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
CREATE TABLE comments (
	tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
	created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR NOT NULL,
	author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL, notification INTEGER DEFAULT 0
);
CREATE TRIGGER remove_stale_threads AFTER DELETE ON comments BEGIN DELETE FROM threads WHERE id NOT IN (SELECT tid FROM comments); END;
CREATE TABLE ids (uuid BLOB PRIMARY KEY, parent BLOB, id INTEGER NOT NULL) WITHOUT ROWID;
BEGIN;
`

// issoVoters is an empty Bloom filter.
const issoVoters = 256

func (x *issoExport) begin() (err error) {
	x.path = filepath.Join(x.scratch, "isso.db")
	if x.db, err = openFile(x.path, url.Values{"_dqs": {"0"}, "_pragma": {"journal_mode(off)", "synchronous(off)", "cache_size(-4096)"}}); err != nil {
		return err
	}
	if _, err := x.db.Exec(issoSchema); err != nil {
		return err
	}
	x.insert, err = x.db.Prepare(`INSERT INTO comments (tid, created, modified, mode, remote_addr, text, author, website, likes, dislikes, voters)
		VALUES (?, ?, ?, ?, '0.0.0.0', ?, ?, ?, ?, ?, zeroblob(?)) RETURNING id`)
	return err
}

func (x *issoExport) site(comments.Site) error { return nil }

func (x *issoExport) thread(_ comments.Site, t comments.ArchivedThread) error {
	x.threads++
	title, _ := t.Page.Path()
	_, err := x.db.Exec(`INSERT INTO threads (id, uri, title) VALUES (?, ?, ?)`, x.threads, string(t.Page), title)
	return err
}

func (x *issoExport) comment(_ comments.Site, _ comments.ArchivedThread, c *comments.Imported) error {
	mode := map[comments.Status]int{comments.Published: 1, comments.Held: 2, comments.Deleted: 4}[c.Status]
	if mode == 0 {
		return nil // spam
	}
	text := c.Source
	if c.Markup == comments.SourceHTML {
		text = c.HTML.XHTML()
	}
	var id int64
	err := x.insert.QueryRow(x.threads, unixSeconds(c.Created), nullSeconds(c.Edited), mode, text, nullWord(c.Author.Name), nullWord(c.Author.Website),
		max(c.Votes, 0), max(-c.Votes, 0), issoVoters).Scan(&id)
	if err != nil {
		return err
	}
	var parent any
	if !c.Parent.IsZero() {
		parent = c.Parent[:]
	}
	_, err = x.db.Exec(`INSERT INTO ids VALUES (?, ?, ?)`, c.ID[:], parent, id)
	return err
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func nullSeconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return unixSeconds(t)
}

func nullWord(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// end hangs all answers below the comment that began their conversation.
func (x *issoExport) end() error {
	_, err := x.db.Exec(`
		CREATE TABLE roots (id INTEGER PRIMARY KEY, root INTEGER NOT NULL);
		CREATE INDEX ids_parent ON ids (parent) WHERE parent IS NOT NULL;
		WITH RECURSIVE tree(uuid, id, root) AS (
			SELECT uuid, id, id FROM ids WHERE parent IS NULL OR parent NOT IN (SELECT uuid FROM ids)
			UNION ALL SELECT i.uuid, i.id, t.root FROM tree t CROSS JOIN ids i ON i.parent = t.uuid
		)
		INSERT INTO roots SELECT id, root FROM tree WHERE id <> root;
		UPDATE comments SET parent = r.root FROM roots r WHERE r.id = comments.id;
		DROP TABLE roots;
		DROP TABLE ids;
		DELETE FROM threads WHERE id NOT IN (SELECT tid FROM comments);
		COMMIT;
		VACUUM;`)
	if err = errors.Join(err, x.insert.Close(), x.db.Close()); err != nil {
		return err
	}
	f, err := os.Open(x.path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(x.w, f)
	return errors.Join(err, os.Remove(x.path))
}
