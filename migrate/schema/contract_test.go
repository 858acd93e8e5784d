package schema

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

func TestAMigrationThatTakesAwayIsSeenBeforeItRuns(t *testing.T) {
	t.Parallel()
	add := &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE comments ADD COLUMN a text;\n")}
	files := fstest.MapFS{"0001_a.sql": add, "0002_b.sql": add, "0004_d.sql": add,
		"0003_c.sql": {Data: []byte("-- +goose Up\nALTER TABLE comments DROP COLUMN a;\nUPDATE schema_compat SET oldest = 2;\n")}}
	var sources []*goose.Source
	for _, name := range []string{"0001_a.sql", "0002_b.sql", "0003_c.sql", "0004_d.sql"} {
		sources = append(sources, &goose.Source{Path: name, Version: int64(len(sources) + 1)})
	}
	for _, c := range []struct {
		before   State
		next     int64
		shutsOut bool
	}{
		{State{}, 2, false},                      // nobody uses an empty database
		{State{Version: 1, Oldest: 1}, 2, true},  // its programs were not told that version 2 would come between
		{State{Version: 2, Oldest: 1}, 2, false}, // its programs use no longer what goes
		{State{Version: 3, Oldest: 2}, 2, false},
		{State{Version: 4, Oldest: 2}, 2, false},
		{State{Version: 9, Oldest: 8}, 8, false},
	} {
		s := c.before
		var err error
		if s.Next, err = oldestAfter(files, sources, s); err != nil || s.Next != c.next || s.ShutsOut() != c.shutsOut {
			t.Errorf("%+v: got %+v, shuts out %v, %v", c, s, s.ShutsOut(), err)
		}
	}
}

// What a migration does to schema_compat must be readable before it runs.
func TestMigrationsSayWhomTheyShutOut(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(migrations, "*/*.sql")
	if err != nil || len(names) < 6 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			code, _, _ := strings.Cut(line, "--")
			if strings.Contains(code, "schema_compat") && !strings.Contains(name, "/0001_") && !raises.MatchString(line) {
				t.Errorf("%s: write it as UPDATE schema_compat SET oldest = N; not %s", name, line)
			}
		}
	}
}
