package comments

import "time"

// Status says who can see a comment.
type Status string

const (
	Published Status = "published" // everyone
	Held      Status = "held"      // moderators, until one decides
	Spam      Status = "spam"      // moderators
	Deleted   Status = "deleted"   // nobody: the words are gone, the place remains
)

// Markup is the language of a comment's source.
type Markup string

const (
	Markdown   Markup = "markdown" // CommonMark with strikethrough, autolinks, tables
	SourceHTML Markup = "html"     // imported
)

// HTML is safe, well-formed XHTML of allowed elements, right as HTML too.
// Only package markup makes it, and stores read back what it made.
type HTML string

// XHTML returns the text, for templates that accept nothing less safe.
func (h HTML) XHTML() string { return string(h) }

// Author is who a comment says it is from. Nothing but Badge and Owner is
// verified.
type Author struct {
	Name    string // empty: anonymous
	Website string // http or https URL, or empty
	Badge   Badge  // of a signed name; or zero
	Owner   bool   // it is the blog's owner, who gave the owner key
}

// Comment is a valid, rendered comment. All times are UTC and hold whole
// microseconds, which both databases keep.
type Comment struct {
	ID       ID
	Site     string // Site.Host
	Page     Page
	Parent   ID     // the comment it answers, on the same page; zero for none
	Number   int64  // its place in the page's order of publication, from 1; 0 until first published; never changes nor returns
	Status   Status //
	Author   Author
	Source   string // as written
	Markup   Markup // what Source is written in
	HTML     HTML   // Source, rendered once
	Created  time.Time
	Edited   time.Time // zero until the author edits it
	Decided  time.Time // when its Status was last decided about; Created until then
	By       string    // the moderator who last decided about it; empty: the policy or the author
	Pinned   bool      // it stands before all others of its document
	Verdicts Verdicts  // of the defences, for moderators only
	Origin   Origin

	EditKey     Hash // zero: nobody can edit it
	Idempotency Hash // zero for imports; unique per site
	Fingerprint Hash // of the draft, to tell a repeated post from a reused key

	// ParentNumber is the parent's Number, filled by the store when it reads.
	ParentNumber int64
}

// Updated is the time of the last change a reader can see.
func (c *Comment) Updated() time.Time {
	if c.Edited.After(c.Decided) {
		return c.Edited
	}
	return c.Decided
}

// Tombstone reports whether c was once visible and is gone: feeds then carry
// an RFC 6721 deleted-entry, so that readers forget it too.
func (c *Comment) Tombstone() bool { return c.Number > 0 && c.Status != Published }

// erase overwrites all that the author gave. Keys go too: a deleted comment
// cannot be edited back.
func (c *Comment) erase(now time.Time, by string) {
	c.Author, c.Source, c.HTML = Author{}, "", ""
	c.EditKey, c.Fingerprint, c.Verdicts, c.Pinned = Hash{}, Hash{}, "", false
	c.Status, c.Edited, c.Decided, c.By = Deleted, time.Time{}, now, by
}

// Thread is the state of one page's comments.
type Thread struct {
	Site    string
	Page    Page      // canonical: where the thread is now, whatever alias it was asked by
	Last    int64     // highest Number given out
	Visible int64     // comments published now
	Updated time.Time // of its newest Change; zero for a thread without comments
	Opened  time.Time // Created of its first comment; zero for a thread without comments
	Closed  bool      // takes no new comments
}

// Change tells publishers that a page differs. Changes of one site are
// numbered 1, 2, 3 … without gap, in the order of their commits.
type Change struct {
	Site   string
	Number int64
	Page   Page
	Item   int64 // Comment.Number of what differs; 0: anything on the page may
}
