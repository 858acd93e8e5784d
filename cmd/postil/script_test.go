package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"postil/comments"
)

// TestStories runs the text scripts in testdata against the real binary.
func TestStories(t *testing.T) {
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(name)+string(os.PathListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"receive": receive, "confirm": confirm, "giveup": giveUp,
		},
	})
}

// storyDesk opens the story's data folder as a command of the program does.
func storyDesk(ts *testscript.TestScript) (*desk, comments.Store) {
	flags := &storeFlags{Data: ts.MkAbs("postil-data")}
	store, err := flags.open(context.Background())
	ts.Check(err)
	d, err := newDesk(flags, store)
	ts.Check(err)
	return d, store
}

// receive [-email ADDRESS] [-parent ID] VARIABLE SITE PAGE NAME BODY submits a
// comment, as a server does that no defence warns, and sets a variable to its
// id.
func receive(ts *testscript.TestScript, neg bool, args []string) {
	set := flag.NewFlagSet("receive", flag.ContinueOnError)
	email, parent := set.String("email", "", ""), set.String("parent", "", "")
	ts.Check(set.Parse(args))
	if neg || set.NArg() != 5 {
		ts.Fatalf("usage: receive [-email ADDRESS] [-parent ID] VARIABLE SITE PAGE NAME BODY")
	}
	d, store := storyDesk(ts)
	defer store.Close()
	r, err := d.service.Submit(context.Background(), comments.Draft{
		Site: set.Arg(1), Page: set.Arg(2), Parent: *parent, Name: set.Arg(3), Body: set.Arg(4), Email: *email, Notify: *email != "",
	})
	ts.Check(err)
	ts.Setenv(set.Arg(0), r.Comment.ID.String())
	ts.Setenv(set.Arg(0)+"_BADGE", r.Comment.Author.Badge.String())
}

// confirm SITE ADDRESS does what the link in the mail does.
func confirm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: confirm SITE ADDRESS")
	}
	d, store := storyDesk(ts)
	defer store.Close()
	ts.Check(store.Confirm(context.Background(), args[0], d.service.Keys.AddressIndex(args[1]), time.Now()))
}

// giveUp SITE makes all deliveries of a site dead, as many failures do.
func giveUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: giveup SITE")
	}
	_, store := storyDesk(ts)
	defer store.Close()
	later := time.Now().Add(time.Hour)
	list, err := store.Claim(context.Background(), later, later.Add(time.Minute), 100)
	ts.Check(err)
	for _, d := range list {
		d.State, d.Error = comments.Dead, "the server said no"
		ts.Check(store.Settle(context.Background(), d))
	}
}
