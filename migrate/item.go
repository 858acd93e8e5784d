package migrate

import (
	"fmt"

	"postil/comments"
)

// Place is where a row stands in what is imported. Of Line, Offset and Row the
// first that is not zero counts.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`   // from 1
	Offset int64  `json:"offset,omitempty"` // bytes, after decompression
	Table  string `json:"table,omitempty"`
	Row    int64  `json:"row,omitempty"` // its key in Table, or its number in the file
}

func (p Place) String() string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s, line %d", p.File, p.Line)
	case p.Offset > 0:
		return fmt.Sprintf("%s, byte %d", p.File, p.Offset)
	case p.Table != "":
		return fmt.Sprintf("%s, table %s, row %d", p.File, p.Table, p.Row)
	case p.Row > 0:
		return fmt.Sprintf("%s, entry %d", p.File, p.Row)
	default:
		return p.File
	}
}

// Item is one row of an export: a comment, or a thread that comments are in.
type Item struct {
	Place   Place
	Thread  Thread           // its Key at least; more where the row tells more
	Comment *comments.Record // nil: the row is a thread. Page and Origin.Source are left to the import
	Exact   *Exact           // of Postil's own export, besides Comment
	Site    *comments.Site   // nil: the row is no site
	Of      string           // host of the site it belongs to, where the export says so
	Person  *Person          // nil: the row is no person
	By      string           // Person.Key of the comment's author, who may come later
	Note    bool             // it only adds to other rows, and does not count as one
	Skip    Reason           // why the row is not imported, if that is clear from itself
	Mended  string           // what had to be changed about it; or empty
}

// Thread is what an export says of a thread.
type Thread struct {
	Key     string // names it among the rows of one import
	Address string // URL or path of its page
	Name    string // what the blog called it; may hold an address too
	Hosts   string // URLs of its site, with commas between: where Address is a path, one of them must be ours
	Closed  bool
	Gone    bool // deleted there
	Exact   bool // Address is canonical, and must be neither folded nor mapped
	Aliases []comments.Page
}

// Person is an author whom comments refer to. Fields that a comment fills
// itself come first.
type Person struct {
	Key     string
	Name    string
	Website string
	Email   string
}

// Exact is what only Postil's own export has.
type Exact struct {
	Comment comments.Comment
	Votes   int64
}

// Reason says in a few words why a row was not imported. Reports count by it.
type Reason string

// The reasons.
const (
	Empty       Reason = "empty thread"          // nobody ever wrote there
	Spam        Reason = "spam"                  // marked as such
	Deleted     Reason = "deleted"               // by its author or a moderator
	GoneThread  Reason = "deleted thread"        //
	NoThread    Reason = "thread missing"        // the export has no thread of that key
	Foreign     Reason = "foreign host"          // its page is on another site
	Local       Reason = "local host"            // its page is on somebody's own machine
	NoPage      Reason = "no page"               // nothing says which page it is on
	LeftOut     Reason = "left out by the map"   //
	TooLarge    Reason = "over a limit"          //
	NoWords     Reason = "no words"              //
	NoDate      Reason = "no date"               //
	NoID        Reason = "no id"                 //
	Duplicate   Reason = "id twice"              // an earlier row has the same id
	Pingback    Reason = "pingback or trackback" //
	NoComment   Reason = "not a comment"         // but something a plugin keeps
	OtherSite   Reason = "other site"            //
	Unreadable  Reason = "unreadable"            // damage; see the row's detail
	Unaccepted  Reason = "not accepted"          // the site's rules; see the row's detail
	NotFinished Reason = "not reached"           // the import ended before
)

// Damage is an error at a place of an export.
type Damage struct {
	Place Place
	Err   error
}

func (d *Damage) Error() string { return d.Place.String() + ": " + d.Err.Error() }

func (d *Damage) Unwrap() error { return d.Err }

// emit passes on an item or a damage. When it returns false the reader ends.
type emit func(Item, error) bool
