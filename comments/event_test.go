package comments_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func TestEventsSayWhatHappened(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		edit func(*comments.Comment)
		want comments.EventKind // empty: nothing did
	}{
		"nothing":            {func(c *comments.Comment) {}, ""},
		"other words":        {func(c *comments.Comment) { c.Source = "other" }, comments.Edited},
		"words that hold it": {func(c *comments.Comment) { c.Source, c.Status = "other", comments.Held }, comments.Edited},
		"the same words":     {func(c *comments.Comment) { c.Edited = second(11) }, comments.Edited},
		"a decision":         {func(c *comments.Comment) { c.Status = comments.Spam }, comments.Decided},
		"a confirmation":     {func(c *comments.Comment) { c.By = "mia" }, comments.Decided},
		"a pin":              {func(c *comments.Comment) { c.Pinned = true }, comments.Pinned},
		"an erasure":         {func(c *comments.Comment) { c.Source, c.Status, c.Pinned = "", comments.Deleted, true }, comments.Decided},
	} {
		l := &comments.Ledger{Site: "blog.example"}
		c := written(10, comments.Published)
		c.Source = "words"
		if _, err := l.Revise(l.Open("/post"), c, func(c *comments.Comment) error { test.edit(c); return nil }); err != nil {
			t.Fatal(err)
		}
		var got comments.EventKind
		for _, e := range l.Events {
			got += e.Kind
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestWhatNoReaderSeesIsNotAnnounced(t *testing.T) {
	t.Parallel()
	l := &comments.Ledger{Site: "blog.example"}
	_, err := l.Revise(l.Open("/post"), written(10, comments.Published), func(c *comments.Comment) error {
		c.By, c.Verdicts = "mia", "links=100"
		return nil
	})
	if err != nil || len(l.Changes) != 0 || len(l.Events) != 1 {
		t.Errorf("%v: changes %v, events %v", err, l.Changes, l.Events)
	}
}

func TestAClosedThreadTakesNoNewComments(t *testing.T) {
	t.Parallel()
	l := &comments.Ledger{Site: "blog.example"}
	thread := l.Open("/post")
	l.Close(thread, true)
	l.Close(thread, true) // again is no change
	refused, owners, imported := written(10, comments.Published), written(11, comments.Published), written(12, comments.Published)
	owners.Author.Owner, imported.Origin = true, comments.Origin{Source: "other", ID: "1"}
	if err := l.Add(thread, &refused); comments.KindOf(err) != comments.Forbidden {
		t.Errorf("got error %v, want one of kind Forbidden", err)
	}
	add(t, l, thread, &owners)
	add(t, l, thread, &imported)
	l.Close(thread, false)
	add(t, l, thread, &refused)
	if want := changes(1, 0, 1, 2, 0, 3); !cmp.Equal(want, l.Changes) {
		t.Errorf("changes (-want +got):\n%s", cmp.Diff(want, l.Changes))
	}
}
