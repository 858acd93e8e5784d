package main

import (
	"fmt"
	"strings"
	"testing"

	"postil/comments"
)

// TestDecidingAboutMany goes beyond one transaction, one page of a search, and
// what anybody wants to read.
func TestDecidingAboutMany(t *testing.T) {
	t.Parallel()
	const many = 2*searchStep + 50
	flags := &storeFlags{Data: t.TempDir()}
	run := func(want string, args ...string) string {
		t.Helper()
		out, err := runProgram(t, "", append(args, "--data", flags.Data)...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v: %v, want %q in:\n%s", args, err, want, out)
		}
		return out
	}
	run("Added", "site", "add", "https://blog.example", "--policy", "hold-all")
	fillQueue(t, flags, many)
	run(fmt.Sprintf("Would make %d comments spam; nothing is changed yet", many), "moderate", "spam", "--site", "blog.example")
	run("No comment is like that", "moderate", "list", "--status", "spam")
	out := run(fmt.Sprintf("%d comments are spam now.", many), "moderate", "spam", "--site", "blog.example", "--yes")
	if lines := strings.Count(out, "blog.example/post"); lines != maxShown || !strings.Contains(out, fmt.Sprintf("… and %d more.", many-maxShown)) {
		t.Errorf("%d comments are shown of\n%s", lines, out)
	}
	out = run(`"status":"published"`, "moderate", "approve", "--status", "spam", "--yes", "--json")
	if lines := strings.Count(out, "\n"); lines != many {
		t.Errorf("%d lines of JSON for %d comments", lines, many)
	}
	run("No comment is like that", "moderate", "list", "--status", "held,spam")
}

func fillQueue(t *testing.T, flags *storeFlags, n int) {
	t.Helper()
	store, _ := openStore(t, flags)
	defer store.Close()
	d, err := newDesk(flags, store)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, err := d.service.Submit(t.Context(), comments.Draft{Site: "blog.example", Page: "/post", Body: fmt.Sprintf("number %d", i)}); err != nil {
			t.Fatal(err)
		}
	}
}
