package comments

import "time"

// Filter says which comments of a site a moderator looks for; a zero field
// does not narrow the search.
type Filter struct {
	Site     string   // required
	Statuses []Status // any of them
	Page     Page     // canonical; an alias stands for its page
	Badge    Badge
	Text     string // in name, website or source, in any case
	Judged   bool   // only those that a moderator has published or called spam
	Before   ID     // older than this one
	Since    time.Time
	Until    time.Time // created before it
	Limit    int       // required
}

// Day is how many comments came in on one day, by what became of them.
type Day struct {
	Date   time.Time // its beginning, UTC
	Status Status
	Count  int64
}
