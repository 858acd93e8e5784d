package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	driver "modernc.org/sqlite"

	"postil/comments"
	"postil/migrate/schema"
)

const (
	busyTimeout = 5 * time.Second // for another process's transaction; ours take milliseconds
	maxReaders  = 4               // connections; more only queue for the same two processors
	idleReaders = 2
	writerCache = 1024    // KiB of pages held by the writer
	readerCache = 512     // KiB of pages held by each reader
	maxWAL      = 4 << 20 // bytes that the write-ahead log keeps on disk after a checkpoint
)

// Store is a comments.Store. Make one with [Open].
type Store struct {
	path   string
	files  []*sql.DB // to be closed: the writer's and the readers'
	writer *writer
	reader statements

	close   sync.Once
	closed  chan struct{}
	loading sync.Once // see Load
}

var _ comments.Store = (*Store)(nil)

// Open opens the database file at path, creates it if it is missing, and
// brings its tables up to date. Only its owner can read the file.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := protect(path); err != nil {
		return nil, fmt.Errorf("create the database file: %w", err)
	}
	s := &Store{path: path, closed: make(chan struct{})}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", path, err), s.Close())
	}
	return s, nil
}

// protect makes the file before SQLite does, so that it is never readable to
// others; SQLite gives its companions (-wal, -shm) the same mode.
func protect(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.Chmod(path, 0o600) // not by a descriptor: closing it would drop SQLite's locks
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// writerOptions are what every connection that may write needs.
func writerOptions() url.Values {
	return url.Values{
		"_txlock":       {"immediate"}, // for the migrations, see package schema
		"_busy_timeout": {fmt.Sprint(busyTimeout.Milliseconds())},
		"_foreign_keys": {"on"},
		// FULL syncs the log at each commit. NORMAL would lose the last
		// commits when the power fails, and what we acknowledge is durable.
		"_synchronous": {"full"},
		"_dqs":         {"0"},
		"_error_rc":    {"1"},
		"_pragma": {
			"secure_delete(on)",  // what is deleted or overwritten becomes zeros
			"temp_store(memory)", // no words in temporary files
			fmt.Sprintf("cache_size(-%d)", writerCache),
			fmt.Sprintf("journal_size_limit(%d)", maxWAL),
		},
	}
}

func readerOptions() url.Values {
	return url.Values{
		"_busy_timeout": {fmt.Sprint(busyTimeout.Milliseconds())},
		"_query_only":   {"on"},
		"_dqs":          {"0"},
		"_error_rc":     {"1"},
		"_pragma":       {"temp_store(memory)", fmt.Sprintf("cache_size(-%d)", readerCache)},
	}
}

func connect(path string, options url.Values, open, idle int) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	connector, err := driver.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(open)
	db.SetMaxIdleConns(idle)
	return db, nil
}

// prepare brings the file into the state that all connections rely on.
func (s *Store) prepare(ctx context.Context) error {
	db, err := s.connect(writerOptions(), 1, 1)
	if err != nil {
		return err
	}
	// Two processes that turn a new file to WAL at once do not wait for each
	// other's busy time-out: one of them fails and has to ask again.
	err = retry(ctx, busyTimeout, func() error {
		_, err := db.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
		return err
	})
	if err != nil {
		return err
	}
	if err := schema.Up(ctx, db, schema.SQLite); err != nil {
		return err
	}
	readers, err := s.connect(readerOptions(), maxReaders, idleReaders)
	if err != nil {
		return err
	}
	s.reader.prepare = readers.PrepareContext
	s.writer, err = newWriter(ctx, db)
	return err
}

// connect opens the database once more, until the store closes.
func (s *Store) connect(options url.Values, open, idle int) (*sql.DB, error) {
	db, err := connect(s.path, options, open, idle)
	if err == nil {
		s.files = append(s.files, db)
	}
	return db, err
}

// Close waits for the transaction under way and ends all connections. The
// last one of all processes to close writes the log back into the database
// file and removes it.
func (s *Store) Close() (err error) {
	s.close.Do(func() {
		close(s.closed)
		if s.writer != nil {
			s.writer.turn <- struct{}{} // for good
			err = errors.Join(s.writer.close(), s.writer.conn.Close())
		}
		err = errors.Join(err, s.reader.close())
		for _, db := range slices.Backward(s.files) { // readers first, who may not tidy up
			err = errors.Join(err, db.Close())
		}
	})
	return err
}
