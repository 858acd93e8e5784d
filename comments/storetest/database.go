package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/google/uuid"
)

// server returns the URL of the server on which this process may make
// databases, and starts it the first time.
var server = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("POSTIL_TEST_POSTGRES"); given != "" {
		return given, nil
	}
	cluster, err := StartCluster("", Options{})
	if err != nil {
		return "", err
	}
	return cluster.URL("postgres"), nil
})

// Postgres returns the URL of a new, empty PostgreSQL database, which is
// dropped when the test ends. Where PostgreSQL is missing the test is
// skipped, or fails if the environment variable CI is set.
func Postgres(t testing.TB) string {
	t.Helper()
	admin, err := server()
	switch {
	case errors.Is(err, ErrNoPostgres) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	name := "postil_" + uuid.New().String()
	if err := execute(t.Context(), admin, fmt.Sprintf("CREATE DATABASE %q TEMPLATE template0", name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := execute(context.Background(), admin, fmt.Sprintf("DROP DATABASE %q WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("POSTIL_TEST_POSTGRES is not a URL") // the error would show the password
	}
	u.Path = "/" + name
	return u.String()
}
