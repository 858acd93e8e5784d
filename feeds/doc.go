// Package feeds turns changed pages into files: every thread as an Atom feed,
// an HTML page and a JSON Feed, in an output directory whose tree is the URL
// tree, so that any static server can hand it out.
//
// The way of a change: [Publisher.Run] reads the [comments.Change] rows that
// follow the cursor kept in the output directory, reduces them to the set of
// documents that differ, renders those from the database, writes them with
// their compressed twins by [Dir.Put], and only then moves the cursor. The
// files are a function of the database: an emptied directory rebuilds itself,
// a missing file is rendered when it is asked for, and [Publisher.Check] names
// every byte that differs.
//
// Where a site asks for it, the current document is also a fragment of HTML for
// pages that include it.
//
// The answers to one comment are a feed of their own, made when somebody first
// asks for it and kept from then on.
//
// A page has one current document, with its newest N to 2N−1 comments, and
// archives of N (RFC 5005), so that one more comment costs the same on a
// thread of a hundred and of a hundred thousand.
package feeds
