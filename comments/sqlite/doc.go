// Package sqlite is the comments.Store in one SQLite file, for the service
// that runs as a single program. Package postgres does the same on
// PostgreSQL, with the same file names, so that the two can be read side by
// side. Rules about comments live in package comments; here are only facts
// about storing them.
//
// While a Store is open nothing else in its process may open and close the
// database file itself: POSIX drops all of a process's locks on a file when
// any of its descriptors is closed. Other processes may use the database as
// they like.
package sqlite
