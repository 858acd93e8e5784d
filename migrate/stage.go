package migrate

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"postil/comments"
)

// stage holds all rows of an import in a temporary file: what belongs together
// may stand far apart in an export, and must not be kept in memory.
type stage struct {
	db    *sql.DB
	path  string
	put   map[string]*sql.Stmt
	rows  int64
	pages map[comments.Page]int64 // ids of those looked up last
	told  map[string]int64        // ids of the threads looked up last that have been told of
}

const stageSchema = `
CREATE TABLE pages (id INTEGER PRIMARY KEY, page TEXT NOT NULL UNIQUE);
CREATE TABLE threads (
	id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
	told INTEGER NOT NULL DEFAULT 0, -- a row of its own, or a comment, says what it is
	row INTEGER NOT NULL DEFAULT 0,  -- it counts as a row if nobody wrote there
	page INTEGER, reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '',
	closed INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
	posts INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE people (key TEXT PRIMARY KEY, name TEXT, website TEXT, email TEXT) WITHOUT ROWID;
CREATE TABLE aliases (page TEXT, target TEXT);
CREATE TABLE rows (
	seq INTEGER PRIMARY KEY, id TEXT, parent TEXT, thread INTEGER, created INTEGER, rank INTEGER, skip TEXT, detail TEXT, place TEXT,
	status TEXT, name TEXT, website TEXT, email TEXT, by TEXT, markup TEXT, edited INTEGER, pinned INTEGER, votes INTEGER, exact TEXT, source TEXT
);
`

// openStage makes a stage in a private folder. It need not survive a crash.
func openStage(scratch string) (*stage, error) {
	path := filepath.Join(scratch, "stage.db")
	db, err := openFile(path, url.Values{"_dqs": {"0"}, "_pragma": {
		"journal_mode(off)", "synchronous(off)", "locking_mode(exclusive)", "temp_store(file)", "cache_size(-4096)",
	}})
	if err != nil {
		return nil, err
	}
	s := &stage{db: db, path: path, put: map[string]*sql.Stmt{}, pages: map[comments.Page]int64{}, told: map[string]int64{}}
	if err := s.exec(stageSchema); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, s.exec(`BEGIN`)
}

func (s *stage) close() error {
	var err error
	for _, stmt := range s.put {
		err = errors.Join(err, stmt.Close())
	}
	return errors.Join(err, s.db.Close())
}

// failed says which file it is whose disk is full, or that cannot be written.
func (s *stage) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("temporary file %s: %w", s.path, err)
}

// statement compiles a text once.
func (s *stage) statement(text string) (*sql.Stmt, error) {
	if stmt := s.put[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.db.Prepare(text)
	if err == nil {
		s.put[text] = stmt
	}
	return stmt, err
}

func (s *stage) exec(text string, args ...any) error {
	if len(args) == 0 {
		_, err := s.db.Exec(text)
		return s.failed(err)
	}
	stmt, err := s.statement(text)
	if err != nil {
		return err
	}
	_, err = stmt.Exec(args...)
	return s.failed(err)
}

// value reads one value, or leaves the target as it is when there is none.
func (s *stage) value(target any, text string, args ...any) error {
	return s.values(text, args, target)
}

func (s *stage) values(text string, args []any, targets ...any) error {
	stmt, err := s.statement(text)
	if err != nil {
		return err
	}
	err = stmt.QueryRow(args...).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return s.failed(err)
}

// person keeps the first that is told of an author.
func (s *stage) person(p *Person) error {
	return s.exec(`INSERT OR IGNORE INTO people VALUES (?, ?, ?, ?)`, p.Key, p.Name, p.Website, p.Email)
}

// thread keeps what a row tells of a thread, and returns its id. The first
// comment that tells of its thread is believed, and a thread's own row more.
func (s *stage) thread(item *Item, m *mapper) (id int64, err error) {
	t := &item.Thread
	if id := s.told[t.Key]; id != 0 && item.Comment != nil {
		return id, nil
	}
	known := false
	err = s.values(`SELECT id, told FROM threads WHERE key = ?`, []any{t.Key}, &id, &known)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		if err := s.value(&id, `INSERT INTO threads (key) VALUES (?) RETURNING id`, t.Key); err != nil {
			return 0, err
		}
	}
	tells := item.Comment == nil || !known && (t.Address != "" || t.Name != "")
	if tells {
		err = s.tell(id, item, m)
	}
	if known || tells {
		if len(s.told) >= keptIDs {
			clear(s.told)
		}
		s.told[t.Key] = id
	}
	return id, err
}

// tell stores what a thread is and where it belongs.
func (s *stage) tell(id int64, item *Item, m *mapper) error {
	t := &item.Thread
	page, reason, detail := m.page(*t)
	var pageID any
	if reason == "" {
		n, err := s.page(page)
		if err != nil {
			return err
		}
		pageID = n
	}
	for _, alias := range t.Aliases {
		if alias, err := m.site.Page(string(alias)); err != nil {
			return err
		} else if err := s.exec(`INSERT INTO aliases VALUES (?, ?)`, alias, page); err != nil {
			return err
		}
	}
	row := item.Comment == nil && !item.Note
	return s.exec(`UPDATE threads SET told = 1, row = max(row, ?), page = ?, reason = ?, detail = ?, place = ?, closed = max(closed, ?), gone = max(gone, ?) WHERE id = ?`,
		row, pageID, string(reason), detail, placeText(item.Place), t.Closed, t.Gone, id)
}

// keptIDs is how many ids of each kind a stage remembers.
const keptIDs = 5000

func (s *stage) page(page comments.Page) (int64, error) {
	if id := s.pages[page]; id != 0 {
		return id, nil
	}
	if err := s.exec(`INSERT OR IGNORE INTO pages (page) VALUES (?)`, string(page)); err != nil {
		return 0, err
	}
	var id int64
	err := s.value(&id, `SELECT id FROM pages WHERE page = ?`, string(page))
	if len(s.pages) >= keptIDs {
		clear(s.pages)
	}
	s.pages[page] = id
	return id, err
}

// comment keeps a comment. One without an id gets one of what it says, so that
// importing it again finds it.
func (s *stage) comment(item *Item, thread int64) error {
	r := item.Comment
	r.Origin.ID, r.Parent = fitID(r.Origin.ID), fitID(r.Parent)
	if r.Origin.ID == "" {
		r.Origin.ID = hashID(fmt.Sprintf("%s\x00%s\x00%s\x00%s", item.Thread.Key, r.Created, r.Author.Name, r.Source))
	}
	created, rank := int64(0), int64(0)
	if !r.Created.IsZero() {
		created = r.Created.UnixMicro()
		rank = created
	} else if item.Skip == "" {
		item.Skip = NoDate
	}
	var exact any
	if item.Exact != nil {
		text, err := json.Marshal(item.Exact)
		if err != nil {
			return err
		}
		exact, rank = string(text), item.Exact.Comment.Number
	} else if item.Skip == "" && isBlank(r.Source) {
		item.Skip = NoWords
	}
	var edited any
	if !r.Edited.IsZero() {
		edited = r.Edited.UnixMicro()
	}
	s.rows++
	return s.exec(insertRow, s.rows, r.Origin.ID, r.Parent, thread, created, rank, string(item.Skip), "", placeText(item.Place),
		string(r.Status), r.Author.Name, r.Author.Website, r.Email, item.By, string(r.Markup), edited, r.Pinned, r.Votes, exact, r.Source)
}

const insertRow = `INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// damaged keeps a row that could not be read.
func (s *stage) damaged(d *Damage) error {
	s.rows++
	return s.exec(`INSERT INTO rows (seq, id, parent, thread, created, skip, detail, place) VALUES (?, '', '', 0, 0, ?, ?, ?)`,
		s.rows, string(Unreadable), d.Err.Error(), placeText(d.Place))
}

// otherSite keeps a row of a site that is not imported now.
func (s *stage) otherSite(item *Item) error {
	s.rows++
	return s.exec(`INSERT INTO rows (seq, id, parent, thread, created, skip, detail, place) VALUES (?, ?, '', 0, 0, ?, ?, ?)`,
		s.rows, item.Comment.Origin.ID, string(OtherSite), item.Of, placeText(item.Place))
}
