package spam_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"postil/comments"
)

// table counts what became of posts.
type table struct {
	ham, spam int
	sorts     map[string]map[comments.Status]int
	verdicts  map[string]*verdictCount
	wrong     []string // good comments that were held
	leaked    []string // spam by scripts that was published
	missed    []string // other spam that was published
}

type verdictCount struct{ ham, spam, held, only int }

func newTable() *table {
	return &table{sorts: map[string]map[comments.Status]int{}, verdicts: map[string]*verdictCount{}}
}

func (t *table) enter(p post, c comments.Comment) {
	if t.sorts[p.sort] == nil {
		t.sorts[p.sort] = map[comments.Status]int{}
	}
	t.sorts[p.sort][c.Status]++
	line := fmt.Sprintf("%s (%s): %q, website %q", p.sort, c.Verdicts, c.Source, c.Author.Website)
	switch published := c.Status == comments.Published; {
	case p.spam && p.scripted && published:
		t.leaked = append(t.leaked, line)
	case p.spam && published:
		t.missed = append(t.missed, line)
	case !p.spam && !published:
		t.wrong = append(t.wrong, line)
	}
	if p.spam {
		t.spam++
	} else {
		t.ham++
	}
	t.attribute(p, c)
}

// attribute counts what each verdict said, and where it alone decided.
func (t *table) attribute(p post, c comments.Comment) {
	for _, v := range c.Verdicts.List() {
		n := t.verdicts[v.Name]
		if n == nil {
			n = &verdictCount{}
			t.verdicts[v.Name] = n
		}
		decisive := c.Status != comments.Published && c.Verdicts.Points()-v.Points < comments.HoldPoints
		switch {
		case p.spam && decisive:
			n.only++
			fallthrough
		case p.spam:
			n.spam++
		case decisive:
			n.held++
			fallthrough
		default:
			n.ham++
		}
	}
}

// check holds what must be true at any time.
func (t *table) check(tt *testing.T) {
	tt.Helper()
	if len(t.leaked) > 0 {
		tt.Errorf("%d comments of scripts were published:\n%s", len(t.leaked), strings.Join(t.leaked, "\n"))
	}
}

// catches holds that so many of a hundred comments of a sort of spammer who does
// the work were kept back.
func (t *table) catches(tt *testing.T, sort string, least float64) {
	tt.Helper()
	n := t.sorts[sort]
	kept, all := n[comments.Held]+n[comments.Spam], n[comments.Published]+n[comments.Held]+n[comments.Spam]
	if percent(kept, all) < least {
		tt.Errorf("%d of %d by %q were kept back, less than %v %%:\n%s", kept, all, sort, least, strings.Join(t.missed, "\n"))
	}
}

func (t *table) String() string {
	var b strings.Builder
	out := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "sort\tpublished\theld\tspam")
	for _, sort := range slices.Sorted(maps.Keys(t.sorts)) {
		n := t.sorts[sort]
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\n", sort, n[comments.Published], n[comments.Held], n[comments.Spam])
	}
	fmt.Fprintln(out, "\t\t\t\nverdict\tspoke of spam\talone kept it back\tspoke of good ones\talone held it")
	for _, name := range slices.SortedFunc(maps.Keys(t.verdicts), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.verdicts[b].spam, t.verdicts[a].spam), cmp.Compare(a, b))
	}) {
		n := t.verdicts[name]
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\n", name, n.spam, n.only, n.ham, n.held)
	}
	kept := t.spam - len(t.leaked) - len(t.missed)
	fmt.Fprintf(out, "all\tcaught %d of %d (%.1f %%)\tmissed %d\twrongly held %d of %d (%.1f %%)\t\n",
		kept, t.spam, percent(kept, t.spam), t.spam-kept, len(t.wrong), t.ham, percent(len(t.wrong), t.ham))
	out.Flush()
	return b.String()
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(1, whole)) }
