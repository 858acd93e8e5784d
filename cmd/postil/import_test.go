package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postil/comments"
)

// TestAnImportThatStoresNothingChangesNoSetting gives a parameter to keep with
// a file that ends too early, and then with the whole of it.
func TestAnImportThatStoresNothingChangesNoSetting(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	show := func() string {
		out, err := runProgram(t, "", "site", "show", "blog.example", "--data", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return out
	}
	if out, err := runProgram(t, "", "site", "add", "https://blog.example", "--data", data); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	before, whole := show(), strings.ReplaceAll(oldExport, "HOST", "blog.example")
	args := []string{"import", "disqus", "-", "--site", "blog.example", "--data", data, "--keep-query", "p"}
	out, err := runProgram(t, whole[:len(whole)-10], args...)
	if err == nil || !strings.Contains(out, "Nothing was stored; --lenient leaves out") {
		t.Fatalf("%v\n%s", err, out)
	}
	if after := show(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if out, err := runProgram(t, whole, args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if after := show(); !strings.Contains(after, "--keep-query        p\n") {
		t.Errorf("the parameter is not kept:\n%s", after)
	}
}

func TestFlagsThatWouldDoNothingAreRefused(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "export.jsonl")
	if err := os.WriteFile(file, []byte(`{"format":"postil","version":1}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"postil", file, "--map", file}, "leave --map, --host"},
		{[]string{"auto", file, "--keep-email"}, "leave --map, --host"},
		{[]string{"postil", file, "--report", data}, "is a folder; name a file"},
	} {
		out, err := runProgram(t, "", append([]string{"import", "--data", data}, c.args...)...)
		if err == nil || !strings.Contains(out, c.says) {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
	}
}

func TestTakingBackThatIsStoppedSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	flags := &storeFlags{Data: t.TempDir()}
	store, _ := openStore(t, flags)
	defer store.Close()
	d, err := newDesk(flags, store)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, told bytes.Buffer
	c := importCmd{Site: "blog.example", Undo: comments.ID{1}.String()}
	err = c.undo(ctx, &stdio{out: &out, err: &told}, comments.Importer{Service: d.service})
	if err == nil || err.Error() != "stopped; the same command goes on with it" {
		t.Errorf("got %v\n%s%s", err, &out, &told)
	}
}
