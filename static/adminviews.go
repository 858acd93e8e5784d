package static

import "time"

// AdminPage is what every page of the moderators needs.
type AdminPage struct {
	Page
	Script, Icon string // their addresses
	Who          string // the moderator's name; empty: nobody has signed in
	Nav          []AdminNav
	Done         string // what has just been done, or empty
	DoneURL      string // the comment that it was done to, or empty
	Alert        string // what is wrong with what was sent, or empty
}

// AdminNav leads to another page.
type AdminNav struct {
	URL, Text string
	Count     string // of what waits there, or empty
	Here      bool   // it is this page
}

// AdminComment is a comment as moderators see it.
type AdminComment struct {
	Lang      string
	Anchor    string // comment-UUID
	Ref       string // what forms call it
	Status    string // published, held, spam, deleted
	Name      string // never empty
	Website   string // or empty
	Owner     bool
	Pinned    bool
	Badge     string // of a signed name, or empty
	Identicon Markup // of the badge, or nil
	BadgeURL  string // all comments with it
	Place     string // the page as people write it: blog.example/post
	PageURL   string // where readers see it
	ThreadURL string // its thread, for moderators
	URL       string // its own page, for moderators
	ParentURL string // of the comment that it answers, or empty
	Created   time.Time
	Edited    bool
	Long      bool // its words take more room than a card has
	HTML      Markup
	Points    string // the sum of its verdicts, or empty
	Verdicts  []AdminVerdict
	Acts      []AdminAct
	Depth     int // 0…9, in a thread
}

// AdminVerdict is what one defence said.
type AdminVerdict struct {
	Text   string // in words
	Points string // with its sign
	Bad    bool   // it speaks for spam
}

// AdminAct is a button that does something to a comment.
type AdminAct struct {
	Do, Text string
	Key      string // that does it, in a browser with JavaScript
	Grave    bool   // it cannot be undone
}

// AdminListPage fills admin-list.html.
type AdminListPage struct {
	AdminPage
	Lead      string       // how many there are, in words
	Search    string       // where the search posts to
	Fields    []AdminField // of the search
	Action    string       // posts decisions
	Back      string       // this page, for coming back to it
	Acts      []AdminAct   // on all that are selected
	Entries   []AdminComment
	Older     string // the next page, or empty
	Newest    string // the first page; empty on it
	Empty     string // what is said where there are no entries
	PersonURL string // erases what one person has written; or empty
}

// AdminCommentPage fills admin-comment.html.
type AdminCommentPage struct {
	AdminPage
	Comment  AdminComment
	Action   string // posts decisions
	Back     string
	Parent   *Quote // the comment that it answers, or nil
	Source   string
	Markup   string // what the source is written in, in words
	Facts    []AdminFact
	Policy   string      // what the points led to, in words; or empty
	Words    []AdminWord // of the classifier
	WordsNil string      // why there are none, or empty
	Trail    []AdminEvent
	Standing *AdminStanding // of the badge; nil: the name is not signed
	Pin      string         // posts pinning; empty where it cannot be pinned
	Answer   *AdminAnswer   // nil: it cannot be answered
}

// AdminFact is a name and a value.
type AdminFact struct {
	Name, Text string
	URL        string // or empty
	Code       bool   // it is to be copied letter by letter
}

// AdminWord is what the classifier goes by, with a bar of Width percent.
type AdminWord struct {
	Text   string
	Points string
	Width  int
	Bad    bool
}

// AdminEvent is one line of what happened.
type AdminEvent struct {
	At      time.Time
	Text    string
	By      string
	URL     string // of the comment, or empty
	Comment string // how the comment is called there
}

// AdminStanding is what moderators think of a badge.
type AdminStanding struct {
	Action   string
	Site     string
	Text     string // in words
	Options  []AdminAct
	EraseURL string // erases the person
}

// AdminAnswer is the form for answering as the blog's owner.
type AdminAnswer struct {
	Lang            string
	Action, Back    string
	Name, Body, Key string
	Field, Problem  string
	Preview         Markup
	MaxName         int
	ParentName      string
}

// AdminThreadPage fills admin-thread.html.
type AdminThreadPage struct {
	AdminPage
	PageURL string
	ReadURL string // thread.html, which readers see
	FeedURL string
	Lead    string // how many comments, in words
	Site    string
	Path    string
	Closed  bool
	Action  string // opens and closes
	Decide  string // posts decisions
	Back    string
	Entries []AdminThreadEntry
	Older   string
	Newest  string
	Acts    []AdminAct
}

// AdminThreadEntry is one comment of a thread.
type AdminThreadEntry struct {
	AdminComment
	AnswerURL string // opens the form below it; empty where it cannot be answered
}

// AdminConfirmPage fills admin-confirm.html.
type AdminConfirmPage struct {
	AdminPage
	Text    string // what happens if it is done
	Quotes  []AdminQuote
	More    string // how many are not shown, in words; or empty
	Action  string
	Hidden  []AdminHidden // what the form sends again
	Button  string
	BackURL string
}

// AdminQuote is the beginning of a comment.
type AdminQuote struct {
	Name, Place, Text, URL string
	Created                time.Time
}

// AdminHidden is a field that its sender does not see.
type AdminHidden struct{ Name, Value string }

// AdminPersonPage fills admin-person.html.
type AdminPersonPage struct {
	AdminPage
	Action string
	Fields []AdminField
}
