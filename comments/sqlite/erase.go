package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postil/comments"
)

const (
	scrubLimit = 10 * time.Second       // for other connections to let go of the log
	scrubWait  = 100 * time.Millisecond // at a time, during which nobody can write
)

var errBusyLog = errors.New("other connections still read the write-ahead log")

// scrub copies the write-ahead log into the database file, over the words that
// are erased, and empties it. It outlives its caller: what is committed must
// not stay half erased.
func (s *Store) scrub(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	options := writerOptions()
	options.Set("_busy_timeout", fmt.Sprint(scrubWait.Milliseconds()))
	db, err := connect(s.path, options, 1, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		var busy, pages, copied int
		err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &copied)
		if err == nil && busy == 0 {
			return nil
		}
		if err != nil && !isTransient(err) {
			return s.classify(err)
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return &comments.Error{
				Kind: comments.Unavailable, Cause: errors.Join(errBusyLog, err),
				Text: "This is erased, but the database could not yet clear its log; it will at its next chance.",
			}
		}
	}
}
