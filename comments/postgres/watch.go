package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"postil/comments"
)

const (
	pulse        = 15 * time.Second // without a word, after which Watch asks whether the server is still there
	firstBackOff = 100 * time.Millisecond
	lastBackOff  = 5 * time.Second
)

var errClosed = errors.New("the store is closed")

// Watch implements comments.Store. It listens on a connection of its own,
// which a pooler in transaction mode cannot offer. After each reconnection,
// and at the start, it calls changed, for it may have missed something.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	watch, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-s.closed:
		case <-watch.Done():
		}
	}()
	for backOff := firstBackOff; ; backOff = min(2*backOff, lastBackOff) {
		listening, err := s.listen(watch, changed)
		if listening {
			backOff = firstBackOff
		}
		if ctx.Err() != nil {
			return nil
		}
		if err := classify(err); comments.KindOf(err) != comments.Unavailable {
			return err
		}
		select {
		case <-time.After(backOff):
		case <-s.closed:
			return unavailable(errClosed)
		case <-ctx.Done():
			return nil
		}
	}
}

// listen reports whether it got as far as listening, and what ended it.
func (s *Store) listen(ctx context.Context, changed func()) (bool, error) {
	conn, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return false, err
	}
	changed()
	for {
		err := s.wait(ctx, conn)
		switch {
		case err == nil:
			changed()
		case ctx.Err() != nil:
			return true, err
		case pgconn.Timeout(err):
			if err := ping(ctx, conn); err != nil {
				return true, err
			}
		default:
			return true, err
		}
	}
}

// wait returns after a notification, or with a time-out after a pulse.
func (s *Store) wait(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	_, err := conn.WaitForNotification(ctx)
	return err
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return conn.Ping(ctx)
}
