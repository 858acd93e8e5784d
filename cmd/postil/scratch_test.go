package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestKilledImportsLeaveNothingForLong looks for the temporary files of an
// import, which hold words and addresses in the clear.
func TestKilledImportsLeaveNothingForLong(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	left := func() int {
		files, err := filepath.Glob(filepath.Join(data, scratchPattern, "stage.db"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	list := func() {
		if out, err := runProgram(t, "", "site", "list", "--data", data); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if out, err := runProgram(t, "", "site", "add", "https://blog.example", "--data", data); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := command(t, "import", "disqus", "-", "--site", "blog.example", "--data", data)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // more than it looks at first, and no end
		_, _ = io.WriteString(in, "<disqus>"+strings.Repeat("<!-- a comment -->\n", 10_000))
	}()
	eventually(t, "the import has begun", func() bool { return left() == 1 })
	list()
	if left() != 1 {
		t.Error("another command removed the files of a running import")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if left() != 1 {
		t.Fatal("the test has nothing to show")
	}
	list()
	if left() != 0 {
		t.Error("the files of a killed import are still there")
	}
}
