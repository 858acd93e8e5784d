package sqlite_test

import (
	"path/filepath"
	"testing"

	"postil/comments"
	"postil/comments/sqlite"
	"postil/comments/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, fresh)
}

func fresh(t *testing.T) storetest.Opener {
	path := filepath.Join(t.TempDir(), "postil.db")
	return func(t *testing.T) comments.Store { return open(t, path) }
}

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestService(t *testing.T) {
	t.Parallel()
	storetest.Service(t, fresh)
}
