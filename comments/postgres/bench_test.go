package postgres_test

import (
	"testing"

	"postil/comments/storetest"
)

// BenchmarkStore runs on a server whose commits wait for the disk.
func BenchmarkStore(b *testing.B) {
	cluster, err := storetest.StartCluster("", storetest.Options{Durable: true})
	if err != nil {
		b.Skip(err)
	}
	defer cluster.Stop()
	store := open(b, cluster.URL("postgres"))
	defer store.Close()
	storetest.Benchmark(b, store)
}
