package comments

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTombstonesStandForWhatWasOnceVisible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number int64
		status Status
		want   bool
	}{
		{0, Held, false}, {0, Spam, false}, {0, Deleted, false},
		{1, Published, false}, {1, Held, true}, {1, Spam, true}, {1, Deleted, true},
	} {
		if got := (&Comment{Number: c.number, Status: c.status}).Tombstone(); got != c.want {
			t.Errorf("number %d, %s: tombstone %v", c.number, c.status, got)
		}
	}
}

func TestUpdatedIsTheLaterOfEditingAndDeciding(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	later := at.Add(time.Minute)
	for name, c := range map[string]Comment{
		"never edited":      {Created: at, Decided: later},
		"edited, then held": {Created: at, Edited: at, Decided: later},
		"held, then edited": {Created: at, Edited: later, Decided: at},
	} {
		if got := c.Updated(); got != later {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestErasingLeavesOnlyThePlace(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)
	now := at.Add(time.Hour)
	c := Comment{
		ID: ID{1}, Site: "blog.example", Page: "/post", Parent: ID{2}, Number: 3, Status: Published,
		Author: Author{Name: "Ann", Website: "https://ann.example", Badge: Badge{1}, Owner: true}, By: "mia", Pinned: true, Verdicts: "links=100", Source: "words", Markup: Markdown, HTML: "<p>words</p>",
		Created: at, Edited: at, Decided: at, Origin: Origin{"disqus", "7"},
		EditKey: Hash{4}, Idempotency: Hash{5}, Fingerprint: Hash{6}, ParentNumber: 1,
	}
	c.erase(now, "ben")
	want := Comment{
		ID: ID{1}, Site: "blog.example", Page: "/post", Parent: ID{2}, Number: 3, Status: Deleted, Markup: Markdown,
		Created: at, Decided: now, By: "ben", Origin: Origin{"disqus", "7"}, Idempotency: Hash{5}, ParentNumber: 1,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if !c.Tombstone() || c.Updated() != now {
		t.Error("a deleted comment is no tombstone of the time of its deletion")
	}
}

func TestOnlyTheKeyHolderMayChangeACommentThatIsThere(t *testing.T) {
	t.Parallel()
	key := EditKey{1}
	for _, c := range []struct {
		status Status
		hash   Hash
		key    EditKey
		want   Kind
		ok     bool
	}{
		{Published, key.Hash(), key, 0, true},
		{Held, key.Hash(), key, 0, true},
		{Spam, key.Hash(), key, 0, true},
		{Published, key.Hash(), EditKey{2}, Forbidden, false},
		{Published, Hash{}, EditKey{}, Forbidden, false},
		{Deleted, key.Hash(), key, NotFound, false},
		{Deleted, Hash{}, EditKey{}, NotFound, false},
	} {
		err := mayChange(&Comment{Status: c.status, EditKey: c.hash}, c.key)
		if (err == nil) != c.ok || !c.ok && KindOf(err) != c.want {
			t.Errorf("%s with key %v: %v", c.status, c.key, err)
		}
	}
}

func TestPoliciesDecideTheFirstStatus(t *testing.T) {
	t.Parallel()
	const hold, spam = HoldPoints, SpamPoints
	for policy, want := range map[Policy][6]Status{
		PolicyOpen:      {Published, Published, Published, Published, Published, Spam},
		PolicyAuto:      {Published, Published, Published, Held, Held, Spam},
		PolicyHoldFirst: {Published, Published, Published, Held, Held, Spam},
		PolicyHoldAll:   {Held, Held, Held, Held, Held, Spam},
	} {
		for i, points := range [6]int{-1000, 0, hold - 1, hold, spam - 1, spam} {
			if got := firstStatus(policy, false, points); got != want[i] {
				t.Errorf("%s with %d points: %s, want %s", policy, points, got, want[i])
			}
			if got := firstStatus(policy, true, points); got != Published {
				t.Errorf("%s with %d points, by the owner: %s", policy, points, got)
			}
		}
	}
}
