package static

import "time"

// Markup is text that may stand in a page as it is: well-formed XHTML of
// allowed elements. The comments' own HTML type is the only one of its kind.
type Markup interface{ XHTML() string }

// Page is what every page needs.
type Page struct {
	Lang       string // BCP 47 tag
	Title      string
	Stylesheet string // href of postil.css
}

// ThreadPage fills thread.html: one document of a thread.
type ThreadPage struct {
	Page
	Place   string // the page as people write it: blog.example/post
	PageURL string // the page itself
	FormURL string // where to write a comment
	FeedURL string // the same document as Atom
	Older   string // the next older document, or empty
	Current string // the newest document; empty in the newest itself
	Total   int64  // comments visible on the whole page
	Closed  bool   // no new comments are accepted
	Entries Markup // of RenderEntry, one after the other; or nil
}

// ThreadEntry is one comment in thread order.
type ThreadEntry struct {
	Lang      string // BCP 47 tag
	Anchor    string // comment-UUID
	Was       string // the name that it had elsewhere, or empty
	Depth     int    // 0…9
	Name      string // never empty
	Website   string // or empty
	Badge     string // of a signed name, in full; or empty
	Owner     bool   // it is the blog owner's
	Pinned    bool
	Created   time.Time
	Edited    bool
	ReplyURL  string // or empty where comments are closed
	ParentURL string // set only if the parent stands in another document
	Gone      bool   // a removed comment that has answers: no words, no name
	Nested    bool   // it stands in a page of the blog's: its heading is one step lower
	HTML      Markup
}

// FormPage fills the form for a new comment, without script.
type FormPage struct {
	Page
	Place      string
	PageURL    string
	PrivacyURL string // what is kept, and for how long
	Action     string // where the form posts to
	Token      string // signed: site, page, parent, key, time
	Parent     *Quote // the comment to be answered, or nil
	Name       string // as typed, with the secret that signs it
	Website    string
	Mail       bool // answers can be sent by mail: Email and Notify are asked for
	Email      string
	Notify     bool
	Body       string
	Field      string // the field at fault, or empty
	Problem    string // what is wrong with it, for the reader
	Preview    Markup // or nil
	MaxBody    int    // characters
	MaxName    int
	MaxWebsite int // bytes
	MaxEmail   int
}

// Quote is the beginning of another comment.
type Quote struct {
	Name string
	Text string // plain text
}

// DonePage tells the author what became of a comment, and holds the link with
// which it can be edited and deleted.
type DonePage struct {
	Page
	State     string // published, held, deleted, edited
	PageURL   string // the blog's page, at the comment
	ThreadURL string
	FeedURL   string
	EditURL   string    // with the edit key; empty when the comment is gone
	Until     time.Time // until then it can be edited
	Replies   string    // feed of the answers to it; empty when the comment is gone
	Follow    string    // answers by mail: asked, on, or empty
	HTML      Markup    // the comment, or nil
}

// EditPage fills the form with which an author edits or deletes a comment.
type EditPage struct {
	Page
	PageURL string
	Action  string // posts the new body
	Delete  string // posts the deletion
	Key     string // the edit key
	Body    string
	Until   time.Time
	Closed  bool // the time for editing is over; deleting is still possible
	Field   string
	Problem string
	Preview Markup
	MaxBody int
}

// FollowPage lets the owner of an address say whether answers to a comment
// are to be sent there.
type FollowPage struct {
	Page
	State   string // asked, on, confirmed, stopped, all (stopped)
	Site    string // host
	Place   string // the page as people write it
	PageURL string // the blog's page, at the comment if that is public
	Quote   string // beginning of the comment; empty unless it is public
	Action  string // where the buttons post to
}

// PrivacyPage says in plain words what is kept and for how long.
type PrivacyPage struct {
	Page
	Mail  bool // answers can be sent by mail
	Sites []PrivacySite
}

// PrivacySite is what the settings of one site say. A zero duration means for
// ever, but for editing: there it means not at all.
type PrivacySite struct {
	Host        string
	URL         string
	Policy      string // as in comments.Policy
	EditWindow  time.Duration
	Held        time.Duration // what no one has decided about
	Spam        time.Duration
	Unconfirmed time.Duration // wishes for mail that were not confirmed
	Audit       time.Duration // who decided what
	Webhooks    []string      // hosts that are told of new comments
	Hub         string        // host that is told when feeds change, or empty
}

// ProblemPage says what went wrong, to a person.
type ProblemPage struct {
	Page
	Status  int
	Text    string
	BackURL string // or empty
}

// DemoPage is a small blog page with the embed, served at /demo/.
type DemoPage struct {
	Page
	Script    string // address of postil.js
	Integrity string // its integrity value
	ThreadURL string
	FormURL   string
	FeedURL   string
	DiskPath  string // where the feed stands on disk
	Site      string // value of the element's site attribute
	Path      string // value of its page attribute
}
