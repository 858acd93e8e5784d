package sqlite_test

import (
	"path/filepath"
	"testing"

	"postil/comments/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Benchmark(b, open(b, filepath.Join(b.TempDir(), "postil.db")))
}
