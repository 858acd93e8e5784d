package migrate

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// issoTables are those of a version of Isso's database.
func issoTables(version int) string {
	columns, text := "", "VARCHAR NOT NULL"
	if version >= 4 {
		columns = ", notification INTEGER DEFAULT 0"
	}
	if version < 5 {
		text = "VARCHAR"
	}
	return fmt.Sprintf(`PRAGMA user_version = %d;
CREATE TABLE preferences (key VARCHAR PRIMARY KEY, value VARCHAR);
INSERT INTO preferences VALUES ('session-key', 'secret');
CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL, modified FLOAT, mode INTEGER,
	remote_addr VARCHAR, text %s, author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL%s);
CREATE TRIGGER remove_stale_threads AFTER DELETE ON comments BEGIN DELETE FROM threads WHERE id NOT IN (SELECT tid FROM comments); END;
INSERT INTO threads VALUES (1, '/isso/', 'Isso'), (2, '/nobody/', NULL);
INSERT INTO comments (tid, id, parent, created, modified, mode, remote_addr, text, author, email, website, likes, dislikes, voters) VALUES
	(1, 1, NULL, 1400000000.5, NULL, 1, '203.0.113.0', 'Some *Markdown* with List<String>', 'Ann &amp; Bob', 'ann@mail.example', 'https://ann.example/?a=1&amp;b=2', 3, 1, x'00'),
	(1, 2, 1, 1400000001, 1400000100, 1, '203.0.113.0', '<p>HTML that came from elsewhere</p>', NULL, NULL, 'undefined', 0, 0, x'00'),
	(1, 3, NULL, 1400000002, NULL, 2, '203.0.113.0', 'waits', 'Cy', NULL, NULL, 0, 0, x'00'),
	(1, 4, NULL, 1400000003, NULL, 4, '203.0.113.0', '', NULL, 'di@mail.example', NULL, 0, 0, x'00'),
	(1, 5, 4, 1400000004, NULL, 1, '203.0.113.0', 'below a deleted one', 'Ed', NULL, NULL, 0, 0, x'00'),
	(1, 6, 2, 1400000005, NULL, 1, '203.0.113.0', 'three levels deep', 'Fa', NULL, NULL, 0, 0, x'00'),
	(9, 7, NULL, 1400000006, NULL, 1, '203.0.113.0', 'its thread has gone', 'Gus', NULL, NULL, 0, 0, x'00');
`, version, text, columns)
}

const cusdisTables = `
CREATE TABLE projects (id TEXT PRIMARY KEY, title TEXT, token TEXT);
CREATE TABLE pages (id TEXT PRIMARY KEY, slug TEXT NOT NULL, url TEXT, title TEXT, projectId TEXT NOT NULL);
CREATE TABLE comments (id TEXT PRIMARY KEY, pageId TEXT NOT NULL, created_at DATETIME, updated_at DATETIME, deletedAt DATETIME, moderatorId TEXT,
	by_email TEXT, by_nickname TEXT NOT NULL, content TEXT NOT NULL, approved BOOLEAN NOT NULL, parentId TEXT);
INSERT INTO pages VALUES ('g1', 'first', 'https://blog.example/cusdis', 'T', 'p1'), ('g2', 'named', NULL, NULL, 'p1');
INSERT INTO comments VALUES ('k2', 'g1', 1620284889500, NULL, NULL, NULL, NULL, 'Bea', 'an answer', 1, 'k1'), ('k1', 'g1', '2021-05-06 07:00:00', NULL, NULL, NULL, 'a@b.example', 'Ann', 'first', 1, NULL),
	('k3', 'g2', 1620284889600, NULL, NULL, NULL, NULL, 'Cy', 'by a slug that is no path', 1, NULL);
`

// makeDatabase writes an SQLite file, and leaves its last writes in the
// write-ahead log, as a running program does.
func makeDatabase(t *testing.T, name, script string, last ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	db, err := openFile(path, url.Values{"_pragma": {"journal_mode(wal)", "wal_autocheckpoint(0)"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	run(t, db, script)
	run(t, db, "PRAGMA wal_checkpoint(TRUNCATE)")
	for _, text := range last {
		run(t, db, text)
	}
	return path
}

func run(t *testing.T, db *sql.DB, script string) {
	t.Helper()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
}

const lateComment = `INSERT INTO comments (tid, id, created, mode, text, voters) VALUES (1, 8, 1400000007, 1, 'still in the log', x'00')`

// databaseFixtures are exports that are databases.
func databaseFixtures(t *testing.T) []fixture {
	t.Helper()
	return []fixture{
		{folder: "isso", format: "isso", files: []string{makeDatabase(t, "comments.db", issoTables(5), lateComment)}},
		{folder: "cusdis", format: "cusdis", files: []string{makeDatabase(t, "cusdis.db", cusdisTables)}},
	}
}

func TestAllVersionsOfIssoAreRead(t *testing.T) {
	t.Parallel()
	for version := range maxIsso + 1 {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, openSQLite(t))
			path := makeDatabase(t, "comments.db", issoTables(version), lateComment)
			files := filesBeside(t, path)
			_, rows, err := w.run(job{format: "isso", files: []string{path}})
			w.must(err)
			w.same("files beside it", files, filesBeside(t, path))
			golden(t, "testdata/isso.report.golden", runID.ReplaceAllString(rows, `"run": ""`))
			golden(t, "testdata/isso.site.golden", w.everything(host))
		})
	}
}

func filesBeside(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestADatabaseOfCusdisIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	r := w.imports(job{format: Auto, files: []string{makeDatabase(t, "cusdis.db", cusdisTables)}})
	w.same("skipped", map[Reason]int64{NoPage: 1}, r.Skipped)
	w.same("site", `/cusdis closed=false aliases=[]
  #1 k1 published "Ann" 2021-05-06T07:00:00Z markdown "<p>first</p>"
  #2 k2 answers k1 published "Bea" 2021-05-06T07:08:09Z markdown "<p>an answer</p>"
`, w.everything(host))
}

func TestDatabasesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	alike := filepath.Join(t.TempDir(), "alike.db")
	w.must(os.WriteFile(alike, append([]byte(sqliteMagic), make([]byte, 4096)...), 0o600))
	for name, c := range map[string]struct{ format, path, says string }{
		"newer Isso":        {"isso", makeDatabase(t, "c.db", strings.Replace(issoTables(5), "user_version = 5", "user_version = 6", 1)), "has version 6; versions up to 5 are known"},
		"look-alike":        {"isso", alike, "begins like an SQLite database but is none"},
		"something else":    {"isso", makeDatabase(t, "c.db", "CREATE TABLE cookies (x)"), "is an SQLite database of something else, not a database of Isso (SQLite)"},
		"another than said": {"isso", makeDatabase(t, "c.db", cusdisTables), "import it as: cusdis"},
	} {
		_, _, err := w.run(job{format: c.format, files: []string{c.path}})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %q", name, err, c.says)
		}
	}
	w.same("stored", "", w.everything(host))
}

// TestOfADamagedDatabaseTheRestIsRead overwrites a page in the middle of it.
func TestOfADamagedDatabaseTheRestIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	path := makeDatabase(t, "comments.db", issoTables(5)+`WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
		INSERT INTO comments (tid, id, created, mode, text, voters) SELECT 1, i, 1400000000 + i, 1, hex(randomblob(200)), x'00' FROM n`)
	text, err := os.ReadFile(path)
	w.must(err)
	const size = 4096 // of a page
	middle := len(text) / 2 / size * size
	for i := range size {
		text[middle+i] = 0xff
	}
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	w.must(os.WriteFile(damaged, text, 0o600))
	j := job{format: "isso", files: []string{damaged}}
	if _, _, err := w.run(j); err == nil || !strings.Contains(err.Error(), "is a damaged SQLite database, of which --lenient imports") {
		t.Errorf("got %v", err)
	}
	w.same("stored", "", w.everything(host))
	j.plan.Lenient = true
	if r := w.imports(j); r.Imported < 100 || r.Skipped[Unreadable] != 1 {
		t.Errorf("of a damaged database was read: %+v", r)
	}
}
