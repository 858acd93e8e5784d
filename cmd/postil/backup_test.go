package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestABackupComesBack(t *testing.T) {
	t.Parallel()
	data, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup.db")
	run := func(says string, args ...string) {
		t.Helper()
		if out, err := runProgram(t, "", append(args, "--data", data)...); err != nil || !strings.Contains(out, says) {
			t.Fatalf("%v: %v\n%s\nwant %q", args, err, out, says)
		}
	}
	run("Added", "site", "add", "https://blog.example")
	run("Wrote "+backup, "backup", backup)
	run("Removed", "site", "remove", "blog.example", "--yes")
	run("No site yet", "site", "list")
	run("Restored", "restore", backup, "--yes")
	run("blog.example", "site", "list")
	if out, err := runProgram(t, "", "backup", backup, "--data", data); err == nil || !strings.Contains(out, "exists; choose another name") {
		t.Errorf("a second backup of that name: %v\n%s", err, out)
	}
}

func TestRestoreNamesTheDatabaseThatABackupIsOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for start, c := range map[string]struct {
		args []string
		says string
	}{
		"PK\x03\x04":      {nil, "is a backup of a PostgreSQL database; name one with --database"},
		"SQLite format 3": {[]string{"--database", "postgres://nobody@127.0.0.1:1/none"}, "is a backup of an SQLite database; leave --database out"},
		"x":               {nil, "is no copy of a"},
		"":                {nil, "is no copy of a"},
	} {
		file := filepath.Join(dir, "backup")
		if err := os.WriteFile(file, []byte(start), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append([]string{"restore", file, "--yes", "--data", filepath.Join(dir, "data")}, c.args...)
		if out, err := runProgram(t, "", args...); err == nil || !strings.Contains(out, c.says) {
			t.Errorf("%q: %v\n%s\nwant %q", start, err, out, c.says)
		}
	}
}
