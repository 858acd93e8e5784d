package comments

import "strings"

// Origin is where an imported comment came from. The zero Origin means that
// it was written here.
type Origin struct {
	Source string // the other system, such as "disqus"
	ID     string // the comment's id there; unique per site and Source
}

// MaxOrigin is the longest Origin that a store can look up, in bytes of both
// its parts.
const MaxOrigin = 1024

func validateOrigin(o Origin) error {
	if n := len(o.Source) + len(o.ID); n > MaxOrigin {
		return FieldError("origin", "has %d bytes; at most %d are accepted", n, MaxOrigin)
	}
	return validateText("origin", o.Source+o.ID, "")
}

// anchors are how other systems name a comment in its page: what stands before
// its id.
var anchors = map[string]string{
	"artalk":     "atk-comment-",
	"disqus":     "comment-",
	"disqus-wxr": "comment-",
	"isso":       "isso-",
	"leancloud":  "",
	"remark42":   "remark42__comment-",
	"waline":     "",
	"wordpress":  "comment-",
}

// commentoID is how many characters Commento's ids have; its successor
// Comentario made them UUIDs.
const commentoID = 64

// Anchor returns the name that the comment had in the pages of the other
// system, by which links lead to it still: the fragment without "#". It is ""
// where there was none, or none that could be the id of an element (HTML
// §3.2.6).
func (o Origin) Anchor() string {
	prefix, ok := anchors[o.Source]
	switch {
	case o.Source == "commento" && len(o.ID) == commentoID:
		prefix, ok = "commento-", true
	case o.Source == "commento":
		prefix, ok = "comentario-", true
	}
	if !ok || o.ID == "" || strings.ContainsAny(o.ID, " \t\n\f\r") {
		return ""
	}
	return prefix + o.ID
}
