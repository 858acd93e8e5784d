package postgres_test

import (
	"testing"

	"postil/comments"
	"postil/comments/postgres"
	"postil/comments/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, fresh)
}

func fresh(t *testing.T) storetest.Opener {
	url := storetest.Postgres(t)
	return func(t *testing.T) comments.Store { return open(t, url) }
}

func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url)
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
