package static

import "time"

// AdminField is one field of a form.
type AdminField struct {
	Name         string
	Kind         string // text, search, number, email, password, lines, choice, radio, checks
	Label        string
	Hint         string // or empty
	Value        string // of all but radio and checks
	Problem      string // what is wrong with it, to follow its label; or empty
	Options      []AdminOption
	Autocomplete string // or empty
	Required     bool
}

// AdminOption is one of several values.
type AdminOption struct {
	Value, Label, Hint string
	Chosen             bool
}

// AdminFormPage fills admin-form.html.
type AdminFormPage struct {
	AdminPage
	Lead   string // or empty
	Action string
	Hidden []AdminHidden
	Groups []AdminGroup
	Button string
	Facts  []AdminFact // that go with it, such as the address of a feed
	Others []AdminStep // other things that can be done
}

// AdminGroup is the fields that belong together.
type AdminGroup struct {
	Title  string
	Fields []AdminField
}

// AdminStep is something that a button of its own does.
type AdminStep struct {
	Title, Text string
	Action, Do  string
	Hidden      []AdminHidden
	Button      string
	Grave       bool
}

// AdminSitesPage fills admin-sites.html.
type AdminSitesPage struct {
	AdminPage
	Sites []AdminSite
	Empty string
}

// AdminSite is one line of the sites.
type AdminSite struct {
	Host, URL  string
	QueueURL   string
	Policy     string // in words
	Held, Spam string // how many, in words
	Published  string
}

// AdminModeratorsPage fills admin-moderators.html.
type AdminModeratorsPage struct {
	AdminPage
	Moderators []AdminModerator
	Group      AdminGroup // of the form for another one
	Action     string
}

// AdminModerator is one line of the moderators.
type AdminModerator struct {
	Name, URL string
	Role      string // in words
	Sites     string // in words
	Mail      string // in words
	SignsIn   bool
	Self      bool
}

// AdminOutboxPage fills admin-outbox.html.
type AdminOutboxPage struct {
	AdminPage
	Tiles  []AdminTile
	Dead   []AdminDelivery
	More   string // how many are not shown, in words; or empty
	Action string
}

// AdminDelivery is something that could not be sent.
type AdminDelivery struct {
	Ref        string
	Site       string
	Text       string // what and by which way, in words
	Target     string
	Error      string
	Tries      string
	Created    time.Time
	CommentURL string // or empty
	Unsure     bool
}

// AdminTile is one number with what it counts.
type AdminTile struct {
	Number, Text string
	URL          string // or empty
}

// AdminLogPage fills admin-log.html.
type AdminLogPage struct {
	AdminPage
	Search string
	Fields []AdminField
	Events []AdminEvent
	Older  string
	Newest string
}

// AdminNumbersPage fills admin-numbers.html.
type AdminNumbersPage struct {
	AdminPage
	Search   string
	Fields   []AdminField
	Tiles    []AdminTile
	Days     AdminChart
	Verdicts []AdminBar
	Sample   string // which comments the verdicts are counted of, in words
}

// AdminChart is comments by day, stacked by status. The newest day is last.
type AdminChart struct {
	Title, Text string // what it shows, and what it says
	Most        string // at the upper end of its scale
	Height      int    // of the scale, in units of AdminStack
	Legend      []AdminLegend
	Columns     []AdminColumn
}

// AdminLegend says what a colour means, and how much of it there is.
type AdminLegend struct{ Status, Text, Total string }

// AdminColumn is one day.
type AdminColumn struct {
	X      int
	Label  string // its date
	Text   string // its numbers, in words
	Stacks []AdminStack
	Counts []string // by status, in the order of the legend
}

// AdminStack is one part of a column.
type AdminStack struct {
	Status    string
	Y, Height int
}

// AdminBar is a number with a bar of Width percent.
type AdminBar struct {
	Text   string
	Number string
	Width  int
}

// AdminLinkPage fills admin-link.html.
type AdminLinkPage struct {
	AdminPage
	Comment AdminComment
	Quote   string // the moderator to whom the link was given, in words
	State   string // what the comment is now, in words
	Text    string // what the button will do; or why there is none
	Action  string // empty: nothing can be done by this link
	Button  string
	Grave   bool
	BackURL string // the comment's page for moderators
}

// AdminProblemPage fills admin-problem.html.
type AdminProblemPage struct {
	AdminPage
	Text    string
	BackURL string // or empty
}
