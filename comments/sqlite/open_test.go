package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"postil/comments/sqlite"
)

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "postil.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	addSite(t, open(t, path))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("got files %v, %v, want the database, its -wal and its -shm", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestAnyFileNameIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "50%.db", "a?mode=ro.db", "a#b.db", "é&_query_only=1.db", ":memory:"} {
		path := filepath.Join(t.TempDir(), name)
		addSite(t, open(t, path))
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("no database in %q: %v", name, err)
		}
	}
}

func TestANewFileCanBeOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "postil.db")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			s, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Sites(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestWhatIsNoDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "diary.txt")
	diary := strings.Repeat("dear diary, ", 1000)
	if err := os.WriteFile(path, []byte(diary), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := sqlite.Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) {
		s.Close()
		t.Errorf("got error %v, want one that names the file", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != diary {
		t.Errorf("the file has changed: %v", err)
	}
	if _, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "missing", "postil.db")); err == nil {
		t.Error("a database was opened in a folder that is missing")
	}
}

func TestAClosedStoreLeavesOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "postil.db"))
	addSite(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("got files %v, %v", files, err)
	}
}
