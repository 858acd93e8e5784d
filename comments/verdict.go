package comments

import (
	"strconv"
	"strings"
	"time"
)

// What the points of all verdicts on a comment add up to, where a site's
// policy asks for them.
const (
	HoldPoints = 100 // from here on it is held
	SpamPoints = 300 // from here on it is spam, which moderators see apart
)

// Verdict is what one defence says about a comment.
type Verdict struct {
	Name   string // letters and hyphens, such as "links"; moderators see it
	Points int    // for being spam; negative: for being none
}

// Verdicts is a list of verdicts in one comparable value, as stores keep it:
// "links=100 words=50". It holds no words of the comment.
type Verdicts string

// NewVerdicts puts verdicts into one value, leaving out those without points.
func NewVerdicts(list []Verdict) Verdicts {
	var b strings.Builder
	for _, v := range list {
		if v.Points == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(v.Name + "=" + strconv.Itoa(v.Points))
	}
	return Verdicts(b.String())
}

// List returns the verdicts one by one.
func (v Verdicts) List() []Verdict {
	var list []Verdict
	for _, one := range strings.Fields(string(v)) {
		name, points, _ := strings.Cut(one, "=")
		n, _ := strconv.Atoi(points)
		list = append(list, Verdict{name, n})
	}
	return list
}

// Points returns the sum.
func (v Verdicts) Points() (sum int) {
	for _, one := range v.List() {
		sum += one.Points
	}
	return sum
}

// Evidence is what is known of how a draft came. None of it is stored.
type Evidence struct {
	Trap    bool          // a field that people do not see was filled
	Proof   bool          // a proof of work came with it that is bound to its Key
	Form    bool          // it came by our own form, whose token is bound to its Key
	FormAge time.Duration // from the form's being given out to its coming back
	Nearby  int           // comments from the same network in the last hour, this one included; 0: not known
	Edit    bool          // it is an edit, of which none of the above is known
}

// Case is a comment to be judged.
type Case struct {
	Site     Site
	Comment  Comment // composed and rendered; its Status is not decided
	Evidence Evidence
	Standing Standing // of its badge
}
