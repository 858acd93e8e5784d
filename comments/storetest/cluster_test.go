package storetest_test

import (
	"testing"

	"postil/comments/storetest"
)

func TestPostgresGivesADatabase(t *testing.T) {
	t.Log(storetest.Postgres(t))
	t.Log(storetest.Postgres(t))
}
