package comments

import "time"

// EventKind says what happened to a comment.
type EventKind string

const (
	Received EventKind = "received" // it is new; Status says what the policy made of it
	Edited   EventKind = "edited"   // its author gave it other words, or the policy judged it again by those
	Decided  EventKind = "decided"  // its Status is another, or confirmed, by a moderator or its author
	Pinned   EventKind = "pinned"   // it was pinned or unpinned
)

// Event is one line of what happened on a site: the audit trail of decisions,
// and what notifications are made from. It holds no word of any reader.
// Events of one site are numbered 1, 2, 3 … in the order of their commits,
// like changes; imported comments make none when they come in.
type Event struct {
	Site    string
	Number  int64
	At      time.Time
	Kind    EventKind
	Comment ID
	Status  Status // of the comment, afterwards
	First   bool   // readers can see the comment, and could not ever before
	By      string // the moderator who did it; empty: the policy or the author
}

// Act is who changes comments, and when.
type Act struct {
	By string // a moderator; empty: the policy or the author
	At time.Time
}
