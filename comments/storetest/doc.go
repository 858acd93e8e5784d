// Package storetest says what a comments.Store must do, as tests that every
// store passes, and gives a test a PostgreSQL database of its own. Only tests
// and benchmarks import it.
package storetest
