package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// channel is where every commit notifies the programs that watch.
const channel = "postil"

// rollbackTimeout bounds what is only a courtesy: a connection that does not
// roll back is closed.
const rollbackTimeout = time.Second

// transaction takes two round trips: the first begins it and sends the
// queries of read, the second sends those of write, which may depend on what
// was read, and commits. When write queues nothing the transaction is undone.
// Programs that watch are notified.
func (s *Store) transaction(ctx context.Context, read func(*pgx.Batch), write func(*pgx.Batch) error) error {
	return s.quietly(ctx, read, func(b *pgx.Batch) error {
		err := write(b)
		if err == nil && b.Len() > 0 {
			b.Queue(`SELECT pg_notify($1, '')`, channel)
		}
		return err
	})
}

// quietly is a transaction of which nobody needs to know.
func (s *Store) quietly(ctx context.Context, read func(*pgx.Batch), write func(*pgx.Batch) error) error {
	conn, err := s.begin(ctx, read)
	if err != nil {
		return err
	}
	defer conn.Release()
	var batch pgx.Batch
	if err := write(&batch); err != nil || batch.Len() == 0 {
		rollback(ctx, conn)
		return err
	}
	batch.Queue(`COMMIT`)
	if err := conn.SendBatch(ctx, &batch).Close(); err != nil {
		rollback(ctx, conn)
		return err
	}
	return nil
}

// nothing is what a transaction reads that only writes.
func nothing(*pgx.Batch) {}

// exec runs one statement of which nobody needs to know.
func (s *Store) exec(ctx context.Context, text string, args ...any) error {
	return s.fail(s.quietly(ctx, nothing, func(b *pgx.Batch) error {
		b.Queue(text, args...)
		return nil
	}))
}

// locked writes what belongs to a site, to which nobody else writes meanwhile.
// It is no error if there is none.
func (s *Store) locked(ctx context.Context, site string, write func(*pgx.Batch)) error {
	return s.fail(s.quietly(ctx, func(b *pgx.Batch) { b.Queue(lockSite, site) }, func(b *pgx.Batch) error {
		write(b)
		return nil
	}))
}

// begin returns a connection within a transaction. A pooled connection may
// have died since its last use; as nothing has happened yet, another one is
// tried, once.
func (s *Store) begin(ctx context.Context, read func(*pgx.Batch)) (*pgxpool.Conn, error) {
	for again := true; ; again = false {
		conn, err := s.pool.Acquire(ctx)
		if err != nil {
			return nil, err
		}
		var batch pgx.Batch
		// Each query after the lock must see what its last holder did.
		batch.BeginTx(pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
		// Else the server would plan anew for each array, which costs as much
		// as all the rest.
		batch.Queue(`SET LOCAL plan_cache_mode = force_generic_plan`)
		read(&batch)
		err = conn.SendBatch(ctx, &batch).Close()
		if err == nil {
			return conn, nil
		}
		lost := conn.Conn().IsClosed()
		rollback(ctx, conn)
		conn.Release()
		if !lost || !again || ctx.Err() != nil {
			return nil, err
		}
		s.pool.Reset() // the others are likely to be dead too
	}
}

func rollback(ctx context.Context, conn *pgxpool.Conn) {
	if conn.Conn().IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	_, _ = conn.Exec(ctx, `ROLLBACK`) // failing that, Release closes the connection
}

// slowly runs work in a transaction of as many round trips and as much time
// as it needs.
func (s *Store) slowly(ctx context.Context, work func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return err
		}
		if err := work(tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `SELECT pg_notify($1, '')`, channel)
		return err
	})
}
