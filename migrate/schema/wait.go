package schema

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A migration that waits for a table lets everybody queue behind it, readers
// too. It gives up after LockTimeout and lets them go first.
const (
	// LockTimeout is what connections of Up must have as their lock_timeout on
	// PostgreSQL.
	LockTimeout = 2 * time.Second
	lockPause   = time.Second     // in which those in the queue go on
	maxLockWait = 5 * time.Minute // then whoever has the table does not look as if it ended
)

// lockNotAvailable is PostgreSQL's SQLSTATE of a lock that was not to be had
// in time.
const lockNotAvailable = "55P03"

// patiently runs a migration until it gets its locks. What it did is undone
// each time, for each migration is one transaction.
func patiently(ctx context.Context, up func() error) error {
	for began := time.Now(); ; {
		err := up()
		if e, ok := errors.AsType[interface {
			error
			SQLState() string
		}](err); !ok || e.SQLState() != lockNotAvailable {
			return err
		}
		if time.Since(began) > maxLockWait {
			return fmt.Errorf("a transaction has kept a table locked for %v (a dump, or one that somebody left open?); end it, or try again when it is over: %w", maxLockWait, err)
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}
