package main

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// TestErasedWordsAreNowhere is promise 4: when the deletion is acknowledged,
// no file of the data folder holds the words, database and twins included,
// and the feed has a tombstone.
func TestErasedWordsAreNowhere(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--site", "https://blog.example")
	const words = "unmistakable-words-7741"
	for range 3 {
		p.post(t, "blog.example", "/post", "something else that stays")
	}
	a := p.post(t, "blog.example", "/post", words)
	onDisk(t, filepath.Join(data, "public", "feeds", "blog.example", "post"), words)
	if len(holding(t, data, words)) == 0 {
		t.Fatal("the words are nowhere before: the search proves nothing")
	}
	status, _, err := call(http.MethodDelete, p.base+"/api/v1/comments/"+a.ID, "", "Authorization", "Bearer "+a.EditKey)
	if err != nil || status != http.StatusNoContent {
		t.Fatalf("delete: %d %v", status, err)
	}
	if names := holding(t, data, words); len(names) > 0 {
		t.Errorf("the words are still in %v", names)
	}
	if _, feed := get(t, p.base+"/feeds/blog.example/post/feed.xml"); !bytes.Contains([]byte(feed), []byte("deleted-entry")) {
		t.Errorf("the feed has no tombstone:\n%s", feed)
	}
}

func holding(t *testing.T, dir, words string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() { // not the control socket
			var text []byte
			text, err = os.ReadFile(name)
			if bytes.Contains(text, []byte(words)) {
				names = append(names, name)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // was being written, and has its name now
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
