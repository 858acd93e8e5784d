package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// writer is the one connection that writes, since SQLite has one writer at a
// time, and what waits for it.
type writer struct {
	turn chan struct{} // holds one token while somebody writes
	conn *sql.Conn
	statements
}

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &writer{turn: make(chan struct{}, 1), conn: conn, statements: statements{prepare: conn.PrepareContext}}, nil
}

// transaction runs work in one transaction and waits until it is on disk.
func (s *Store) transaction(ctx context.Context, work func(*tx) error) error {
	select {
	case s.writer.turn <- struct{}{}:
		defer func() { <-s.writer.turn }()
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	t := &tx{s.writer}
	// Immediate: one that begins by reading could not always go on to write.
	if _, err := t.exec(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	committed := false
	defer func() { // also when work panics
		if !committed {
			_, _ = t.exec(context.WithoutCancel(ctx), `ROLLBACK`) // fails if SQLite has done it by itself
		}
	}()
	if err := work(t); err != nil {
		return err
	}
	_, err := t.exec(ctx, `COMMIT`)
	committed = err == nil
	return err
}

// tx is the transaction under way.
type tx struct{ w *writer }

// exec runs a statement whole or not at all: an interruption halfway would
// cost the connection, and none of them takes long.
func (t *tx) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	stmt, err := t.w.get(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(context.WithoutCancel(ctx), args...)
}

func (t *tx) statement(ctx context.Context, text string) (*sql.Stmt, context.Context, error) {
	stmt, err := t.w.get(ctx, text)
	return stmt, context.WithoutCancel(ctx), err
}

// statements keeps what SQLite has compiled, which takes longer than running
// it.
type statements struct {
	prepare func(context.Context, string) (*sql.Stmt, error)

	mu     sync.Mutex
	byText map[string]*sql.Stmt
}

func (s *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.byText[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.prepare(context.WithoutCancel(ctx), text)
	if err != nil {
		return nil, err
	}
	if s.byText == nil {
		s.byText = map[string]*sql.Stmt{}
	}
	s.byText[text] = stmt
	return stmt, nil
}

func (s *statements) statement(ctx context.Context, text string) (*sql.Stmt, context.Context, error) {
	stmt, err := s.get(ctx, text)
	return stmt, ctx, err
}

// close lets go of what was compiled: a connection with statements does not
// close for good.
func (s *statements) close() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.byText {
		err = errors.Join(err, stmt.Close())
	}
	return err
}
