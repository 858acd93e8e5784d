package postgres

import (
	"context"
	"math/bits"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"postil/comments"
)

// Load implements comments.Imports. The whole batch takes two round trips.
func (s *Store) Load(ctx context.Context, site string, run comments.ID, batch []comments.Imported) ([]comments.Loaded, error) {
	l := &load{site: site, run: run, batch: batch}
	if err := s.transaction(ctx, l.read, l.write); err != nil {
		return nil, s.fail(err)
	}
	if l.doubled() { // see analyse
		_, _ = s.pool.Exec(ctx, `ANALYZE (SKIP_LOCKED) sites, threads, aliases, comments, changes, imported`)
	}
	return l.loaded, nil
}

// load is one batch of a run on its way into the database.
type load struct {
	site   string
	run    comments.ID
	batch  []comments.Imported
	loaded []comments.Loaded

	addition           // its pages and threads
	books    []*ledger // one at most
	seqs     []int64   // last given out; one
	seq      int64     //
	origins  map[comments.Origin]stored
	ids      map[comments.ID]stored
	before   map[int64]int64 // Last of threads when the batch came
	order    []int64         // of threads in before
}

// stored is what a load must know of a comment that is there.
type stored struct {
	id     comments.ID
	thread int64
	ours   bool // the same run brought it
}

func (s stored) state() comments.LoadState {
	if s.ours {
		return comments.LoadedByRun
	}
	return comments.LoadedBefore
}

const (
	selectStored  = `SELECT c.id, c.thread, coalesce(c.import_id, ''), EXISTS (SELECT 1 FROM imported i WHERE i.site = $1 AND i.comment = c.id AND i.run = $2) FROM comments c `
	storedOrigins = `WHERE c.site = $1 AND c.import_source = $3 AND c.import_id = ANY($4)`
	storedIDs     = `WHERE c.site = $1 AND c.id = ANY($3)`
)

// read queues the queries of the first round trip: it locks the site, and
// then asks for all that decides what becomes of the batch.
func (l *load) read(b *pgx.Batch) {
	l.reset()
	l.loaded, l.books, l.seqs = nil, nil, nil
	l.origins, l.ids, l.before, l.order = map[comments.Origin]stored{}, map[comments.ID]stored{}, map[int64]int64{}, nil
	collect(b.Queue(lockSite, l.site), &l.books, scanLedger)
	collect(b.Queue(`SELECT coalesce(max(seq), 0) FROM imported WHERE site = $1 AND run = $2`, l.site, [16]byte(l.run)), &l.seqs, pgx.RowTo[int64])
	pages, origins, ids := l.asked()
	b.Queue(selectPlaces, l.site, pages).Query(func(rows pgx.Rows) error { return l.scanPlaces(l.site, rows) })
	for source, wanted := range origins {
		b.Queue(selectStored+storedOrigins, l.site, [16]byte(l.run), source, wanted).Query(func(rows pgx.Rows) error { return l.scanStored(source, rows) })
	}
	if len(ids) > 0 {
		b.Queue(selectStored+storedIDs, l.site, [16]byte(l.run), ids).Query(func(rows pgx.Rows) error { return l.scanStored("", rows) })
	}
}

// asked returns what a batch asks for.
func (l *load) asked() (pages []string, origins map[string][]string, ids [][16]byte) {
	seen := map[comments.Page]bool{}
	origins = map[string][]string{}
	for i := range l.batch {
		c := &l.batch[i]
		if !seen[c.Page] {
			seen[c.Page] = true
			pages = append(pages, string(c.Page))
		}
		if c.Origin != (comments.Origin{}) {
			origins[c.Origin.Source] = append(origins[c.Origin.Source], c.Origin.ID)
		}
		if c.Exact {
			ids = append(ids, c.ID)
		}
		if !c.Parent.IsZero() {
			ids = append(ids, c.Parent)
		}
	}
	return pages, origins, ids
}

func (l *load) scanStored(source string, rows pgx.Rows) error {
	for rows.Next() {
		var s stored
		var origin string
		if err := rows.Scan((*[16]byte)(&s.id), &s.thread, &origin, &s.ours); err != nil {
			return err
		}
		l.ids[s.id] = s
		if source != "" {
			l.origins[comments.Origin{Source: source, ID: origin}] = s
		}
	}
	return rows.Err()
}

// write decides what becomes of each comment, and queues the new ones.
func (l *load) write(b *pgx.Batch) error {
	if len(l.books) == 0 {
		return noSite(l.site)
	}
	books := l.books[0]
	l.seq = l.seqs[0]
	var rows columns
	var extras extraColumns
	for _, c := range l.batch {
		loaded, thread := l.load(books, &c)
		l.loaded = append(l.loaded, loaded)
		if thread != 0 {
			rows.append(&c.Comment, thread)
			l.seq++
			extras.append(&c, l.seq)
		}
	}
	if len(rows.ids) == 0 {
		return nil
	}
	for _, id := range l.order {
		books.Entered(books.Threads[id], l.before[id])
	}
	books.queueThreads(b)
	rows.queueInsert(b)
	extras.queueInsert(b, l.site, l.run)
	books.queueNews(b)
	return nil
}

// load finds that a comment had been stored before, or enters it in the books
// and returns its thread.
func (l *load) load(books *ledger, c *comments.Imported) (comments.Loaded, int64) {
	old, there := l.origins[c.Origin]
	if !there && c.Exact {
		old, there = l.ids[c.ID]
	}
	if there {
		l.known[c.ID] = old.id
		return comments.Loaded{ID: old.id, State: old.state()}, 0
	}
	t := l.thread(books, c.Page)
	if _, seen := l.before[t.ID]; !seen {
		l.before[t.ID] = t.Last
		l.order = append(l.order, t.ID)
	}
	uprooted := l.root(c, t.ID)
	books.Enter(t, c)
	now := stored{id: c.ID, thread: t.ID, ours: true}
	l.ids[c.ID] = now
	if c.Origin != (comments.Origin{}) {
		l.origins[c.Origin] = now
	}
	return comments.Loaded{ID: c.ID, Uprooted: uprooted}, t.ID
}

// root makes a comment whose parent is not in its thread answer nothing.
func (l *load) root(c *comments.Imported, thread int64) bool {
	if c.Parent.IsZero() {
		return false
	}
	if id, ok := l.known[c.Parent]; ok {
		c.Parent = id
	}
	if parent, ok := l.ids[c.Parent]; ok && parent.thread == thread {
		return false
	}
	c.Parent = comments.ID{}
	return true
}

// doubled reports whether the batch took the run past a power of two.
func (l *load) doubled() bool {
	if len(l.seqs) == 0 {
		return false
	}
	return l.seq >= firstAnalysis && l.seqs[0] < lastAnalysis && bits.Len64(uint64(l.seq)) > bits.Len64(uint64(l.seqs[0]))
}

// extraColumns are what only imports bring, turned by 90 degrees.
type extraColumns struct {
	seqs, votes []int64
	comments    [][16]byte
	addresses   [][]byte
}

func (r *extraColumns) append(c *comments.Imported, seq int64) {
	r.seqs, r.comments, r.votes, r.addresses = append(r.seqs, seq), append(r.comments, c.ID), append(r.votes, c.Votes), append(r.addresses, c.Address)
}

func (r *extraColumns) queueInsert(b *pgx.Batch, site string, run comments.ID) {
	b.Queue(`INSERT INTO imported (site, run, seq, comment, votes, address)
		SELECT $1, $2, * FROM unnest($3::bigint[], $4::uuid[], $5::bigint[], $6::bytea[])`,
		site, pgtype.UUID{Bytes: run, Valid: true}, r.seqs, r.comments, r.votes, r.addresses)
}
