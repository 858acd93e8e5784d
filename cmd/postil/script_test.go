package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
	})
}
