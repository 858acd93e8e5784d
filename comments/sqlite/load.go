package sqlite

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"postil/comments"
)

// What an import may use, so that it need not write each page of the indexes
// again for every few comments that fall on it.
const (
	loadCache = 16 << 10 // KiB of pages, for which the driver takes twice as much
	loadLog   = 8 << 10  // pages of the write-ahead log before they go into the file
)

// Load implements comments.Imports.
func (s *Store) Load(ctx context.Context, site string, run comments.ID, batch []comments.Imported) ([]comments.Loaded, error) {
	if err := s.roomy(ctx); err != nil {
		return nil, s.classify(err)
	}
	loaded := make([]comments.Loaded, len(batch))
	err := s.transaction(ctx, func(t *tx) error {
		l, err := openLoad(ctx, t, site, run, batch)
		if err != nil {
			return err
		}
		for i := range batch {
			if loaded[i], err = l.add(ctx, batch[i]); err != nil {
				return err
			}
		}
		return l.close(ctx)
	})
	if err != nil {
		return nil, s.classify(err)
	}
	return loaded, nil
}

// roomy gives the connection that writes more room, until it closes.
func (s *Store) roomy(ctx context.Context) (err error) {
	s.loading.Do(func() {
		select {
		case s.writer.turn <- struct{}{}:
			defer func() { <-s.writer.turn }()
		case <-s.closed:
			err = errClosed
			return
		}
		_, err = s.writer.conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = %d`, loadCache, loadLog))
	})
	return err
}

// load is one batch of a run on its way into the database.
type load struct {
	addition
	*ledger
	run     comments.ID
	seq     int64 // last given out
	origins map[comments.Origin]stored
	ids     map[comments.ID]stored
	before  map[int64]int64 // Last of threads when the batch came
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

func openLoad(ctx context.Context, t *tx, site string, run comments.ID, batch []comments.Imported) (*load, error) {
	l := &load{
		addition: addition{tx: t, pages: map[place]*comments.StoredThread{}, known: map[comments.ID]comments.ID{}},
		run:      run, origins: map[comments.Origin]stored{}, ids: map[comments.ID]stored{}, before: map[int64]int64{},
	}
	var err error
	if l.ledger, err = openLedger(ctx, t, site); err != nil {
		return nil, err
	}
	l.ledgers = map[string]*ledger{site: l.ledger}
	l.seq, _, err = first(ctx, t, scanValue[int64], `SELECT coalesce(max(seq), 0) FROM imported WHERE site = ? AND run = ?`, site, run[:])
	if err != nil {
		return nil, err
	}
	return l, l.lookUp(ctx, batch)
}

// lookUp finds all comments that are there already, and parents.
func (l *load) lookUp(ctx context.Context, batch []comments.Imported) error {
	origins, ids := map[string][]string{}, []comments.ID{}
	for i := range batch {
		c := &batch[i]
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
	for source, wanted := range origins {
		list, err := json.Marshal(wanted)
		if err != nil {
			return err
		}
		if err := l.find(ctx, source, `c.import_source = ?3 AND c.import_id IN (SELECT value FROM json_each(?4))`, source, string(list)); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return l.find(ctx, "", `c.id IN (SELECT unhex(value) FROM json_each(?3))`, hexes(ids))
}

// find notes the comments that a condition selects, by their ids, and by their
// ids at a source.
func (l *load) find(ctx context.Context, source, condition string, args ...any) error {
	_, err := query(ctx, l.tx, func(row scanner) (s stored, err error) {
		var id []byte
		var origin string
		err = row.Scan(&id, &s.thread, &origin, &s.ours)
		copy(s.id[:], id)
		l.ids[s.id] = s
		if source != "" {
			l.origins[comments.Origin{Source: source, ID: origin}] = s
		}
		return s, err
	}, `SELECT c.id, c.thread, coalesce(c.import_id, ''), EXISTS (SELECT 1 FROM imported i WHERE i.site = ?1 AND i.comment = c.id AND i.run = ?2)
		FROM comments c WHERE c.site = ?1 AND `+condition, append([]any{l.Site, l.run[:]}, args...)...)
	return err
}

// add stores one comment, or finds that it had been stored before.
func (l *load) add(ctx context.Context, c comments.Imported) (comments.Loaded, error) {
	old, there := l.origins[c.Origin]
	if !there && c.Exact {
		old, there = l.ids[c.ID]
	}
	if there {
		l.known[c.ID] = old.id
		return comments.Loaded{ID: old.id, State: old.state()}, nil
	}
	t, err := l.thread(ctx, l.ledger, c.Page)
	if err != nil {
		return comments.Loaded{}, err
	}
	if _, seen := l.before[t.ID]; !seen {
		l.before[t.ID] = t.Last
	}
	uprooted := l.root(&c, t.ID)
	l.Enter(t, &c)
	if err := insert(ctx, l.tx, t.ID, &c.Comment); err != nil {
		return comments.Loaded{}, err
	}
	l.seq++
	l.stored++
	now := stored{id: c.ID, thread: t.ID, ours: true}
	l.ids[c.ID] = now
	if c.Origin != (comments.Origin{}) {
		l.origins[c.Origin] = now
	}
	address, err := appendAddress(ctx, l.tx, c.Address)
	if err != nil {
		return comments.Loaded{}, err
	}
	_, err = l.tx.exec(ctx, `INSERT INTO imported (site, run, seq, comment, votes, address) VALUES (?, ?, ?, ?, ?, ?)`,
		l.Site, l.run[:], l.seq, c.ID[:], c.Votes, address)
	return comments.Loaded{ID: c.ID, Uprooted: uprooted}, err
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

func (l *load) close(ctx context.Context) error {
	if l.stored == 0 {
		return nil // so that the transaction has nothing to write
	}
	for _, id := range sortedKeys(l.before) { // for the same changes in the same order
		l.Entered(l.Threads[id], l.before[id])
	}
	return l.ledger.close(ctx, l.tx)
}

func sortedKeys(m map[int64]int64) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// hexes is a JSON array of ids, for unhex.
func hexes(ids []comments.ID) string {
	text := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, '"')
		text = hex.AppendEncode(text, id[:])
		text = append(text, '"')
	}
	return string(append(text, ']'))
}
