package main

import (
	"fmt"
	"strings"
	"testing"

	"postil/comments"
)

// TestClassifyShowsWhatDecisionsTaught lets a moderator decide about many
// comments of two sorts.
func TestClassifyShowsWhatDecisionsTaught(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	teach(t, flags)
	out, err := runProgram(t, "", "classify", "blog.example", "--data", flags.Data)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"80 decisions: 40 good and 40 spam", "it says of comments", "that were spam"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	_, spamWords, _ := strings.Cut(out, "Speaks most for spam:")
	spamWords, hamWords, _ := strings.Cut(spamWords, "Speaks most against it:")
	if !strings.Contains(spamWords, "casino") || strings.Contains(spamWords, "tomatoes") || !strings.Contains(hamWords, "tomatoes") {
		t.Errorf("the words are:\n%s", out)
	}
}

func teach(t *testing.T, flags *storeFlags) {
	t.Helper()
	if out, err := runProgram(t, "", "site", "add", "https://blog.example", "--policy", "hold-all", "--data", flags.Data); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	store, _ := openStore(t, flags)
	defer store.Close()
	d, err := newDesk(flags, store)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[comments.Status][]comments.ID{}
	for i := range 40 {
		for status, body := range map[comments.Status]string{
			comments.Published: "My tomatoes grew well beside the old garden wall, row %d of them.",
			comments.Spam:      "Win money now at the best casino bonus offer number %d today.",
		} {
			r, err := d.service.Submit(t.Context(), comments.Draft{Site: "blog.example", Page: "/post", Body: fmt.Sprintf(body, i)})
			if err != nil {
				t.Fatal(err)
			}
			ids[status] = append(ids[status], r.Comment.ID)
		}
	}
	for status, list := range ids {
		if _, err := d.service.Decide(t.Context(), "ann", "blog.example", list, status); err != nil {
			t.Fatal(err)
		}
	}
}
