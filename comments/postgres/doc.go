// Package postgres is the comments.Store on PostgreSQL 13 or newer, for
// services of several programs or machines. Package sqlite does the same in a
// file, with the same file names, so that the two can be read side by side.
// Rules about comments live in package comments; here are only facts about
// storing them.
//
// Every write of comments first locks the row of its site and holds it to the
// commit.
// That puts a site's writers in the order of its Change numbers: a plain
// sequence would let a transaction take number 1, commit after number 2, and
// never be seen by a reader that has passed 2. And since each transaction
// takes its locks in the same order there are no deadlocks. Who sends locks
// only the deliveries at hand, in the order of their ids.
//
// A commit is as durable as the server's synchronous_commit makes it.
//
// Erasing overwrites a row. PostgreSQL keeps its former version until it
// vacuums the table, and in its write-ahead log and backups for as long as
// the operator has told it to; that is out of a client's hands.
package postgres
