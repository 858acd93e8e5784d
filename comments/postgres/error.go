package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"postil/comments"
)

// SQLSTATE codes (PostgreSQL documentation, appendix A).
const (
	foreignKeyViolation  = "23503"
	readOnlyTransaction  = "25006"
	idleInTransaction    = "25P03"
	lockNotAvailable     = "55P03"
	operatorIntervention = "57P" // shutdown, start, a dropped database
)

// classify turns what pgx says into the kinds of errors that a store
// promises.
func classify(err error) error {
	if _, ok := errors.AsType[*comments.Error](err); ok || err == nil {
		return err
	}
	pg, _ := errors.AsType[*pgconn.PgError](err)
	switch {
	case pg != nil && pg.Code == foreignKeyViolation && pg.ConstraintName == "comments_parent":
		return &comments.Error{Kind: comments.Invalid, Field: "parent", Text: "is no comment of this page", Cause: err}
	case pg != nil && pg.Code == foreignKeyViolation && strings.HasSuffix(pg.ConstraintName, "_site_fkey"):
		return &comments.Error{Kind: comments.NotFound, Field: "site", Text: "There is no such site.", Cause: err}
	case pg != nil && isTransient(pg.Code), isLost(err):
		return unavailable(err)
	}
	return err
}

func unavailable(cause error) error {
	return &comments.Error{Kind: comments.Unavailable, Text: "The database cannot be used now; try again in a moment.", Cause: cause}
}

// isTransient reports states of the server that pass: its classes of lost
// connections, of rollbacks to be repeated, of exhausted resources (among
// them too many connections), of operators at work (among them start and
// shutdown) and of its disk, a former primary that has become a standby, and
// time-outs.
func isTransient(code string) bool {
	switch code[:min(len(code), 2)] {
	case "08", "40", "53", "57", "58":
		return true
	}
	return code == readOnlyTransaction || code == idleInTransaction || code == lockNotAvailable
}

// isLost reports failures to reach the server or to hear its answer in time,
// after which a connection is of no more use.
func isLost(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok { // also while connecting, such as a wrong password
		return strings.HasPrefix(pg.Code, operatorIntervention)
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	for _, lost := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, pgconn.ErrConnClosed, puddle.ErrClosedPool, puddle.ErrNotAvailable, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return false
}

// fail classifies an error and, after a failover, lets go of connections to
// the server that no longer takes writes.
func (s *Store) fail(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && (pg.Code == readOnlyTransaction || strings.HasPrefix(pg.Code, operatorIntervention)) {
		s.pool.Reset()
	}
	return classify(err)
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
