package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postil/comments/storetest"
	"postil/migrate/schema"
)

// TestMigrateNeedsNoFolderForADatabaseServer runs it as a job does, where no
// file can be written.
func TestMigrateNeedsNoFolderForADatabaseServer(t *testing.T) {
	t.Parallel()
	data, dsn := filepath.Join(t.TempDir(), "none"), storetest.Postgres(t)
	for _, want := range []string{"Made the tables of version", "The tables have version"} {
		if out, err := runProgram(t, "", "migrate", "--data", data, "--database", dsn); err != nil || !strings.HasPrefix(out, want) {
			t.Errorf("want %q, got %v %s", want, err, out)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("it made a data folder")
	}
}

// TestMigrateLeavesNoProgramBehind unless it is told that none runs.
func TestMigrateLeavesNoProgramBehind(t *testing.T) {
	t.Parallel()
	leftOut := schema.State{Version: 3, Oldest: 1, Known: 6, Next: 4}
	if err := (&migrateCmd{}).allows(leftOut); err == nil || !strings.Contains(err.Error(), "of before version 4 use: first roll out the releases in between") {
		t.Error(err)
	}
	if err := (&migrateCmd{Contract: true}).allows(leftOut); err != nil {
		t.Error(err)
	}
	for _, s := range []schema.State{{Known: 6, Next: 4}, {Version: 4, Oldest: 1, Known: 6, Next: 4}, {Version: 6, Oldest: 4, Known: 6, Next: 4}} {
		if err := (&migrateCmd{}).allows(s); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestMigrateSaysWhatItDid(t *testing.T) {
	t.Parallel()
	for want, s := range map[string][2]schema.State{
		"Brought the tables from version 1 to 3; ":        {{Version: 1, Known: 3}, {Version: 3, Known: 3}},
		"The tables have version 7, of a newer release; ": {{Version: 7, Known: 3}, {Version: 7, Known: 3}},
	} {
		if got := migrated(s[0], s[1]); !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
