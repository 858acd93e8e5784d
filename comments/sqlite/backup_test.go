package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
	"postil/comments/sqlite"
)

func TestABackupComesBackWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "postil.db"), filepath.Join(dir, "copy.db")
	s := open(t, path)
	site := addSite(t, s)
	loadSecrets(t, s, 50)
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, %v", info.Mode(), err)
	}
	want := contents(t, s)
	if err := s.Backup(t.Context(), backup); err == nil {
		t.Error("a backup was written over another")
	}
	if err := s.RemoveSite(t.Context(), site.Host); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), backup, path); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Fatalf("a database in use was replaced: %v", err)
	}
	if len(contents(t, s)) != 0 {
		t.Error("a refused restore changed something")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), backup, path); err != nil {
		t.Fatal(err)
	}
	restored := open(t, path)
	if diff := cmp.Diff(want, contents(t, restored)); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	sites, err := restored.Sites(t.Context())
	if err != nil || sites[0].Epoch == site.Epoch || !sites[0].Created.Equal(site.Created) {
		t.Errorf("sites %+v, %v", sites, err)
	}
	other := filepath.Join(t.TempDir(), "new.db")
	if err := sqlite.Restore(t.Context(), backup, other); err != nil {
		t.Error(err)
	}
}

// contents are the comments of the site, by page.
func contents(t *testing.T, s *sqlite.Store) map[comments.Page][]comments.Imported {
	t.Helper()
	all := map[comments.Page][]comments.Imported{}
	threads, err := s.ArchivedThreads(t.Context(), "blog.example", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, th := range threads {
		if all[th.Page], err = s.Archived(t.Context(), "blog.example", th.Page, comments.ID{}, 1000); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, good := filepath.Join(dir, "postil.db"), filepath.Join(dir, "good.db")
	s := open(t, path)
	addSite(t, s)
	loadSecrets(t, s, 200)
	if err := s.Backup(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	want := contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole)
	for i := len(damaged) / 2; i < len(damaged)/2+8000; i++ {
		damaged[i] ^= 0x5a
	}
	for name, text := range map[string][]byte{"cut": whole[:len(whole)/2], "damaged": damaged, "empty": {}, "text": []byte("hello"), "look-alike": append([]byte("SQLite format 3\x00"), make([]byte, 5000)...)} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := sqlite.Restore(t.Context(), bad, path); err == nil {
			t.Errorf("%s: was restored", name)
		}
	}
	if diff := cmp.Diff(want, contents(t, open(t, path))); diff != "" {
		t.Errorf("after refusals (-want +got):\n%s", diff)
	}
}

func TestABackupIsOfOneMoment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "postil.db"))
	addSite(t, s)
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() { // pairs of comments, in one transaction each
		for n := 0; ; n += 2 {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			at := time.UnixMicro(int64(n) + 1).UTC()
			var pair []comments.Comment
			for i := range 2 {
				pair = append(pair, comments.Comment{ID: comments.ID{13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n + i)}, Site: "blog.example", Page: "/", Status: comments.Published,
					Source: "x", Markup: comments.Markdown, HTML: "<p>x</p>", Created: at, Decided: at})
			}
			if _, err := s.Add(t.Context(), pair); err != nil {
				stopped <- err
				return
			}
		}
	}()
	for _, name := range []string{"a.db", "b.db", "c.db"} {
		copied := filepath.Join(dir, name)
		if err := s.Backup(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		thread, err := open(t, copied).Thread(t.Context(), "blog.example", "/")
		if err != nil || thread.Last%2 != 0 || thread.Last != thread.Visible {
			t.Errorf("%s: %+v, %v", name, thread, err)
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
