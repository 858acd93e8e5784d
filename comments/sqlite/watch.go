package sqlite

import (
	"context"
	"database/sql"
	"time"
)

// watchInterval is how often Watch looks. SQLite has no notifications between
// processes; one look costs some 20 µs.
const watchInterval = 50 * time.Millisecond

// Watch implements comments.Store. It calls changed once at the start.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	db, err := connect(s.path, readerOptions(), 1, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for seen := int64(-1); ; {
		version, err := dataVersion(ctx, db)
		if err != nil || version != seen { // what cannot be read now may have changed
			seen = version
			changed()
		}
		select {
		case <-tick.C:
		case <-s.closed:
			return unavailable(errClosed)
		case <-ctx.Done():
			return nil
		}
	}
}

// dataVersion differs whenever another connection has committed something.
// Connections differ in it too, hence the pool of one that never idles out.
func dataVersion(ctx context.Context, db *sql.DB) (version int64, err error) {
	err = db.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version)
	if err != nil {
		return -1, err
	}
	return version, nil
}
