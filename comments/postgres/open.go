package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"postil/comments"
	"postil/migrate/schema"
)

// What a URL leaves open.
const (
	connectTimeout   = 5 * time.Second  // a server that is silent for longer counts as unreachable, while the client still waits
	statementTimeout = 10 * time.Second // the server gives up, and says why, before package comments does at 15 s
	idleTimeout      = 10 * time.Second // a program that hangs within a transaction must not keep its site locked
)

// Store is a comments.Store. Make one with [Open].
type Store struct {
	pool   *pgxpool.Pool
	config *pgx.ConnConfig

	close  sync.Once
	closed chan struct{}
}

var _ comments.Store = (*Store)(nil)

// Open connects to the database at a URL (postgres://user@host/database) and
// brings its tables up to date. The URL may say how the pool behaves, as in
// ?pool_max_conns=8, and set server parameters, as in ?statement_timeout=5s.
func Open(ctx context.Context, url string) (*Store, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, classify(err)
	}
	return &Store{pool: pool, config: config.ConnConfig, closed: make(chan struct{})}, nil
}

// parse reads the URL. Its error holds nothing of it, since a URL that cannot
// be parsed does not show where its password is.
func parse(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL cannot be read; write it as postgres://user:password@host:5432/database, with %%-escapes for characters such as / ? # @ in the password")
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	for name, value := range map[string]string{
		"application_name":                    "postil",
		"statement_timeout":                   millis(statementTimeout),
		"idle_in_transaction_session_timeout": millis(idleTimeout),
	} {
		if _, set := config.ConnConfig.RuntimeParams[name]; !set {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	return config, nil
}

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// migrate uses connections of its own, for it may take its time.
func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	patient := config.Copy()
	patient.RuntimeParams["statement_timeout"] = "0"
	patient.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	patient.RuntimeParams["lock_timeout"] = millis(schema.LockTimeout)
	db := stdlib.OpenDB(*patient)
	defer db.Close()
	if err := schema.Up(ctx, db, schema.Postgres); err != nil {
		return fmt.Errorf("open the database: %w", classify(err))
	}
	return nil
}

// Close waits for the calls under way and ends all connections.
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.closed)
		s.pool.Close()
	})
	return nil
}
