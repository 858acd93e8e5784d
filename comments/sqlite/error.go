package sqlite

import (
	"context"
	"errors"
	"time"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"postil/comments"
)

const retryPause = 10 * time.Millisecond

var errClosed = errors.New("the store is closed")

// classify turns what SQLite and database/sql say into the kinds of errors
// that a store promises.
func (s *Store) classify(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*comments.Error](err); ok {
		return err
	}
	if s.isClosed() || isTransient(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return unavailable(err)
	}
	return err
}

func unavailable(cause error) error {
	return &comments.Error{Kind: comments.Unavailable, Text: "The database cannot be used now; try again in a moment.", Cause: cause}
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// isTransient reports what may be gone at the next attempt: locks of other
// processes, and a disk that is full or unplugged.
func isTransient(err error) bool {
	switch code(err) & 0xff {
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_PROTOCOL, codes.SQLITE_INTERRUPT,
		codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY, codes.SQLITE_NOMEM:
		return true
	}
	return false
}

// code returns SQLite's extended result code, or 0 for other errors.
func code(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code()
	}
	return 0
}

// retry repeats do for as long as it fails by a transient fault.
func retry(ctx context.Context, limit time.Duration, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := do()
		if err == nil || !isTransient(err) {
			return err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return err
		}
	}
}

func noSite(host string) error {
	return &comments.Error{Kind: comments.NotFound, Field: "site", Text: "There is no site " + host + "."}
}

func noComment(id comments.ID) error {
	return comments.NewError(comments.NotFound, "There is no comment %s.", id)
}

func noModerator(name string) error {
	return comments.NewError(comments.NotFound, "There is no moderator %s.", name)
}
