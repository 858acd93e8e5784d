package feeds

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestArchivesAreBornWhenTheCurrentDocumentIsFull(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ last, archives, from int64 }{
		{0, 0, 1}, {1, 0, 1}, {10, 0, 1}, {19, 0, 1}, {20, 1, 11}, {21, 1, 11}, {29, 1, 11}, {30, 2, 21}, {31, 2, 21}, {100, 9, 91},
	} {
		l := layout{last: c.last, size: 10}
		from, to := l.bounds(0)
		if l.archives() != c.archives || from != c.from || to != c.last {
			t.Errorf("last %d: %d archives, current %d…%d; want %d, %d…%d", c.last, l.archives(), from, to, c.archives, c.from, c.last)
		}
	}
}

func TestDirtyDocumentsOfChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last  int64
		items []int64
		want  []int64
	}{
		"first comment":         {1, []int64{1}, []int64{0}},
		"full, not yet split":   {19, []int64{19}, []int64{0}},
		"an archive is born":    {20, []int64{20}, []int64{1, 0}},
		"after that":            {21, []int64{21}, []int64{0}},
		"edit in an archive":    {45, []int64{7}, []int64{1, 0}},
		"burst over two births": {41, []int64{18, 19, 20, 21, 22, 30, 31, 40, 41}, []int64{1, 2, 3, 0}},
		"edit at a boundary":    {45, []int64{30}, []int64{2, 3, 0}},
	} {
		items := map[int64]bool{}
		for _, n := range c.items {
			items[n] = true
		}
		if diff := cmp.Diff(c.want, layout{last: c.last, size: 10}.dirty(items)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDocumentsPartitionTheComments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := layout{last: rapid.Int64Range(0, 300).Draw(t, "last"), size: rapid.Int64Range(1, 30).Draw(t, "size")}
		next := int64(1)
		for _, doc := range l.all() {
			from, to := l.bounds(doc)
			if from != next || doc > 0 && to-from+1 != l.size {
				t.Fatalf("document %d holds %d…%d, want from %d", doc, from, to, next)
			}
			for n := from; n <= to; n++ {
				if l.archiveOf(n) != doc {
					t.Fatalf("comment %d is in %d, not in %d", n, l.archiveOf(n), doc)
				}
			}
			next = to + 1
		}
		if from, to := l.bounds(0); next != l.last+1 || to-from+1 >= 2*l.size || l.archives() > 0 && to-from+1 < l.size {
			t.Fatalf("the current document holds %d…%d", from, to)
		}
	})
}

// Incremental publishing rests on this: what changes from one state of a
// thread to a later one is among the documents that the Numbers between name.
func TestDirtyCoversEveryDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 10).Draw(t, "size")
		before := layout{last: rapid.Int64Range(0, 60).Draw(t, "before"), size: size}
		after := layout{last: before.last + rapid.Int64Range(0, 40).Draw(t, "more"), size: size}
		items := map[int64]bool{}
		for n := before.last + 1; n <= after.last; n++ {
			items[n] = true
		}
		dirty := map[int64]bool{}
		for _, doc := range after.dirty(items) {
			dirty[doc] = true
		}
		for _, doc := range after.all() {
			from, to := after.bounds(doc)
			oldFrom, oldTo := before.bounds(doc)
			existed := doc <= before.archives()
			if (!existed || from != oldFrom || to != oldTo) && !dirty[doc] {
				t.Fatalf("document %d went from %d…%d to %d…%d unnoticed", doc, oldFrom, oldTo, from, to)
			}
		}
	})
}
