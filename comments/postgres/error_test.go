package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"postil/comments"
	"postil/comments/storetest"
)

func TestAnUnreachableServerIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), "postgres://ann:s3cr3t@127.0.0.1:1/db")
	if comments.KindOf(err) != comments.Unavailable {
		t.Errorf("got error %v, want one of kind Unavailable", err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, err), "s3cr3t") {
		t.Errorf("the error tells the password: %v", err)
	}
}

func TestAFullServerIsUnavailable(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openInternal(t, url)
	conn := connect(t, url)
	var database string
	must(t, conn.QueryRow(t.Context(), `SELECT quote_ident(current_database())`).Scan(&database))
	_, err := conn.Exec(t.Context(), `CREATE ROLE `+database+` LOGIN CONNECTION LIMIT 0; GRANT ALL ON SCHEMA public TO `+database)
	must(t, err)
	defer func() {
		_, err := conn.Exec(context.WithoutCancel(t.Context()), `DROP OWNED BY `+database+`; DROP ROLE `+database)
		must(t, err)
	}()
	config := s.config.Copy()
	config.User = strings.Trim(database, `"`)
	if _, err = pgx.ConnectConfig(t.Context(), config); comments.KindOf(classify(err)) != comments.Unavailable {
		t.Errorf("got error %v, want one of kind Unavailable", err)
	}
}

func TestURLsThatCannotBeReadKeepTheirSecrets(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://ann:s3cr3t%zz@host/db", "postgres://ann:s3cr3t@host:port/db", "postgres://ann:s3cr3t/x?y@host/db", "mysql://ann:s3cr3t@host/db",
		"postgres://ann:s3cr3t@host/db?pool_max_conns=many", "host=x password=s3cr3t port=y", "postgres://ann@host/db?password=s3cr3t&sslmode=never",
	} {
		_, err := Open(t.Context(), url)
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: got error %v", url, err)
		}
	}
}

func TestErrorsAreOfTheirKinds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		kind comments.Kind
	}{
		{&pgconn.PgError{Code: "57P03"}, comments.Unavailable}, // starting up
		{&pgconn.PgError{Code: "57P01"}, comments.Unavailable}, // shutting down
		{&pgconn.PgError{Code: "57014"}, comments.Unavailable}, // statement timeout
		{&pgconn.PgError{Code: "53300"}, comments.Unavailable}, // too many connections
		{&pgconn.PgError{Code: "53100"}, comments.Unavailable}, // disk full
		{&pgconn.PgError{Code: "25006"}, comments.Unavailable}, // a standby
		{&pgconn.PgError{Code: "25P03"}, comments.Unavailable}, // too long between two statements
		{&pgconn.PgError{Code: "40P01"}, comments.Unavailable}, // deadlock
		{&pgconn.PgError{Code: "08006"}, comments.Unavailable},
		{io.ErrUnexpectedEOF, comments.Unavailable},
		{pgconn.ErrConnClosed, comments.Unavailable},
		{context.DeadlineExceeded, comments.Unavailable},
		{&pgconn.PgError{Code: "23503", ConstraintName: "comments_parent"}, comments.Invalid},
		{&pgconn.PgError{Code: "23503", ConstraintName: "standings_site_fkey"}, comments.NotFound},
		{&pgconn.PgError{Code: "23503", ConstraintName: "another"}, comments.Internal},
		{&pgconn.PgError{Code: "23514"}, comments.Internal}, // check
		{&pgconn.PgError{Code: "28P01"}, comments.Internal}, // wrong password
		{&pgconn.PgError{Code: "42P01"}, comments.Internal}, // no such table
		{&pgconn.PgError{Code: ""}, comments.Internal},
		{errors.New("anything else"), comments.Internal},
		{comments.NewError(comments.Forbidden, "x"), comments.Forbidden},
	} {
		if got := comments.KindOf(classify(fmt.Errorf("wrapped: %w", test.err))); got != test.kind {
			t.Errorf("%v is of kind %d, want %d", test.err, got, test.kind)
		}
	}
}
