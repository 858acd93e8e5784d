package feeds

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"postil/comments"
)

// outline shows what arrange made of comments: Number, depth, answers, and
// whether gone or answering something older.
func outline(all []comments.Comment) (lines []string) {
	shown, gone := arrange(all)
	for _, e := range shown {
		line := fmt.Sprintf("%d depth %d answers %d", e.Number, e.depth, e.answers)
		if e.gone() {
			line += " gone"
		}
		if e.outside > 0 {
			line += fmt.Sprintf(" to %d", e.outside)
		}
		lines = append(lines, line)
	}
	for _, c := range gone {
		lines = append(lines, fmt.Sprintf("%d removed", c.Number))
	}
	return lines
}

func remove(c comments.Comment, to comments.Status) comments.Comment {
	c.Status = to
	return c
}

func TestAnswersFollowWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	got := outline([]comments.Comment{
		fixtureComment(11, 0), fixtureComment(12, 0), fixtureComment(13, 11), fixtureComment(14, 3),
		fixtureComment(15, 13), fixtureComment(16, 11), fixtureComment(17, 12),
	})
	want := []string{
		"11 depth 0 answers 2", "13 depth 1 answers 1", "15 depth 2 answers 0", "16 depth 1 answers 0",
		"12 depth 0 answers 1", "17 depth 1 answers 0", "14 depth 0 answers 0 to 3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRemovedCommentsKeepTheirPlaceWhileAnswered(t *testing.T) {
	t.Parallel()
	got := outline([]comments.Comment{
		remove(fixtureComment(1, 0), comments.Deleted), remove(fixtureComment(2, 1), comments.Held), fixtureComment(3, 2),
		remove(fixtureComment(4, 0), comments.Spam), remove(fixtureComment(5, 4), comments.Deleted),
	})
	want := []string{
		"1 depth 0 answers 0 gone", "2 depth 1 answers 1 gone", "3 depth 2 answers 0", "4 removed", "5 removed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPinnedCommentsStandBeforeTheirNeighbours(t *testing.T) {
	t.Parallel()
	pinned := func(c comments.Comment) comments.Comment {
		c.Pinned = true
		return c
	}
	got := outline([]comments.Comment{
		fixtureComment(11, 0), fixtureComment(12, 11), pinned(fixtureComment(13, 0)), pinned(fixtureComment(14, 11)),
		fixtureComment(15, 13), pinned(fixtureComment(16, 0)), pinned(remove(fixtureComment(17, 0), comments.Held)), fixtureComment(18, 17),
	})
	want := []string{
		"13 depth 0 answers 1", "15 depth 1 answers 0", "16 depth 0 answers 0",
		"11 depth 0 answers 2", "14 depth 1 answers 0", "12 depth 1 answers 0", "17 depth 0 answers 1 gone", "18 depth 1 answers 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParentsPublishedLaterOrNeverAreNotTold(t *testing.T) {
	t.Parallel()
	never, later := fixtureComment(2, 9), fixtureComment(3, 4)
	never.ParentNumber = 0
	shown, _ := arrange([]comments.Comment{never, later, fixtureComment(4, 0)})
	for _, e := range shown {
		if e.answer || e.depth > 0 || e.outside > 0 {
			t.Errorf("comment %d tells of its parent: %+v", e.Number, e)
		}
	}
}

func TestEveryCommentStandsOnceAndAfterItsParent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first, n := rapid.Int64Range(1, 50).Draw(t, "first"), rapid.Int64Range(0, 60).Draw(t, "n")
		var all []comments.Comment
		for i := first; i < first+n; i++ {
			c := fixtureComment(i, rapid.Int64Range(0, i-1).Draw(t, "parent"))
			if rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
				c.Status = comments.Deleted
			}
			all = append(all, c)
		}
		shown, gone := arrange(all)
		place := map[comments.ID]entry{}
		for _, e := range shown {
			parent, here := place[e.Parent]
			if here != (e.answer && e.outside == 0) || here && e.depth != min(parent.depth+1, maxDepth) || !here && e.depth != 0 {
				t.Fatalf("%+v stands under %+v", e, parent)
			}
			place[e.ID] = e
		}
		for _, c := range gone {
			if _, ok := place[c.ID]; ok || c.Status == comments.Published {
				t.Fatalf("comment %d is shown and gone", c.Number)
			}
		}
		if len(place)+len(gone) != len(all) {
			t.Fatalf("%d shown and %d gone of %d", len(place), len(gone), len(all))
		}
	})
}
