package postgres

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"postil/comments"
	"postil/comments/storetest"
)

// counter counts what is sent to the server and waited for.
type counter struct{ batches, queries atomic.Int64 }

func (c *counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.batches.Add(1)
	return ctx
}
func (*counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (*counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.queries.Add(1)
	return ctx
}
func (*counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// counted returns a store whose round trips are counted.
func counted(t *testing.T) (*Store, *counter) {
	t.Helper()
	s := openInternal(t, storetest.Postgres(t))
	config, c := s.pool.Config(), &counter{}
	config.ConnConfig.Tracer = c
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	must(t, err)
	s.pool.Close()
	s.pool = pool
	return s, c
}

// The site is locked for all that time.
func TestWritesTakeTwoRoundTrips(t *testing.T) {
	t.Parallel()
	s, c := counted(t)
	putSite(t, s)
	published, held, answer := sample(1), sample(2), sample(3)
	held.Status, answer.Parent = comments.Held, published.ID
	answer.Origin = comments.Origin{Source: "other", ID: "1"}
	c.expect(t, "Add", func() error {
		_, err := s.Add(t.Context(), []comments.Comment{published, held, answer})
		return err
	})
	update := func(edit func(*comments.Comment)) func() error {
		return func() error {
			_, _, err := s.Update(t.Context(), "blog.example", comments.Act{By: "mia", At: time.Unix(0, 0)}, []comments.ID{published.ID, held.ID}, func(c *comments.Comment) error {
				edit(c)
				return nil
			})
			return err
		}
	}
	c.expect(t, "Update", update(func(c *comments.Comment) { c.Status, c.By = comments.Spam, "mia" }))
	c.expect(t, "Update that erases", update(func(c *comments.Comment) { c.Status, c.Source, c.HTML = comments.Deleted, "", "" }))
	c.expect(t, "Dispatch", func() error {
		won, err := s.Dispatch(t.Context(), "blog.example", 0, 4, []comments.Delivery{{
			Site: "blog.example", Channel: comments.ByWebSub, Target: "https://hub.example/", Kind: comments.TellFeed, State: comments.Waiting,
		}})
		if !won {
			t.Error("nobody else has dispatched, but somebody came first")
		}
		return err
	})
	c.expect(t, "Claim", func() error { _, err := s.Claim(t.Context(), time.Now(), time.Now(), 10); return err })
}

func (c *counter) expect(t *testing.T, name string, write func() error) {
	t.Helper()
	c.batches.Store(0)
	c.queries.Store(0)
	must(t, write())
	if batches, queries := c.batches.Load(), c.queries.Load(); batches != 2 || queries != 0 {
		t.Errorf("%s takes %d batches and %d queries, want 2 batches", name, batches, queries)
	}
}
