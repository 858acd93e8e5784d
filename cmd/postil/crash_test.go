package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"postil/comments"
	"postil/comments/storetest"
)

// crashes is how often the server is killed under load.
const crashes = 50

// TestKilledServerLosesNothingAcknowledged is promise 3: whatever was
// acknowledged before a kill -9 is stored once and published, and at no time
// is half a file to be read.
func TestKilledServerLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	survive(t, data, crashes, &storeFlags{Data: data})
}

// TestKilledServerLosesNothingOnPostgres repeats it on the other database,
// with fewer rounds: the database itself is not killed.
func TestKilledServerLosesNothingOnPostgres(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	survive(t, data, crashes/5, &storeFlags{Data: data, Database: storetest.Postgres(t)})
}

// ledger notes which comments were acknowledged.
type ledger struct {
	mu    sync.Mutex
	pages map[string]string // comment id → page
}

func (l *ledger) add(id, page string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages[id] = page
}

func survive(t *testing.T, data string, rounds int, flags *storeFlags) {
	l := &ledger{pages: map[string]string{}}
	args := []string{"--data", data, "--site", "https://blog.example", "--rate", "0"}
	if flags.Database != "" {
		args = append(args, "--database", flags.Database)
	}
	var stop atomic.Bool
	var torn sync.WaitGroup
	torn.Go(func() { lookForHalfFiles(t, filepath.Join(data, "public"), &stop) })
	for range rounds {
		p := serveProgram(t, args...)
		postUntilKilled(p, l, 5+rand.IntN(60))
	}
	p := serveProgram(t, args...)
	for id, page := range l.pages {
		eventually(t, fmt.Sprintf("comment %s is published on %s", id, page), func() bool { return published(data, page, id) })
	}
	stop.Store(true)
	torn.Wait()
	if code := p.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	storedOnce(t, flags, l)
	if len(l.pages) < rounds {
		t.Errorf("%d comments were acknowledged only: the search proves nothing", len(l.pages))
	}
	t.Logf("%d comments acknowledged over %d kills", len(l.pages), rounds)
}

// postUntilKilled posts on eight connections and kills the server after some
// acknowledgements. Posts that fail were not acknowledged and are forgotten.
func postUntilKilled(p *process, l *ledger, acknowledgements int) {
	var left atomic.Int64
	left.Store(int64(acknowledgements))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for turn := 0; ; turn++ {
				page := fmt.Sprintf("/page-%d", (i+turn)%3)
				body := fmt.Sprintf(`{"site":"blog.example","page":%q,"body":"round and round %d %d"}`, page, i, turn)
				status, a, err := call(http.MethodPost, p.base+"/api/v1/comments", body)
				if err != nil {
					return
				}
				if status == http.StatusCreated {
					l.add(a.ID, page)
				}
				if left.Add(-1) == 0 {
					p.cmd.Process.Kill()
				}
			}
		})
	}
	wg.Wait()
	p.kill()
}

// published looks a comment up in the page's documents, archives included.
func published(data, page, id string) bool {
	for _, form := range []string{"feed*.xml", "thread*.html", "thread*.json"} {
		names, _ := filepath.Glob(filepath.Join(data, "public", "feeds", "blog.example", page, form))
		found := false
		for _, name := range names {
			found = found || fileHas(name, id)
		}
		if !found {
			return false
		}
	}
	return true
}

// lookForHalfFiles reads every published file again and again, as a web
// server would, until told to stop. What stands below a name with a dot is the
// publisher's own and is never served.
func lookForHalfFiles(t *testing.T, public string, stop *atomic.Bool) {
	for !stop.Load() {
		filepath.WalkDir(public, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil
			case d.IsDir() && strings.HasPrefix(d.Name(), "."):
				return fs.SkipDir
			case d.IsDir() || strings.HasPrefix(d.Name(), "."):
				return nil
			}
			if fault := whole(name); fault != nil && !errors.Is(fault, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, fault)
			}
			return nil
		})
	}
}

func whole(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	switch filepath.Ext(name) {
	case ".xml":
		for dec := xml.NewDecoder(strings.NewReader(string(text))); ; {
			if _, err := dec.Token(); err != nil {
				if errors.Is(err, io.EOF) && len(text) > 0 {
					return nil
				}
				return err
			}
		}
	case ".json":
		if !json.Valid(text) {
			return errors.New("is not JSON")
		}
	case ".html":
		if !strings.HasSuffix(strings.TrimSpace(string(text)), "</html>") {
			return errors.New("does not end with </html>")
		}
	}
	return nil
}

// storedOnce reads the whole database: each acknowledged comment once, and
// each number of a page given out once.
func storedOnce(t *testing.T, flags *storeFlags, l *ledger) {
	t.Helper()
	store, err := flags.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	seen := map[string]int{}
	for i := range 3 {
		page := comments.Page(fmt.Sprintf("/page-%d", i))
		list, err := store.Range(t.Context(), "blog.example", page, 1, 1<<40)
		if err != nil {
			t.Fatal(err)
		}
		for n, c := range list {
			seen[c.ID.String()]++
			if c.Number != int64(n+1) {
				t.Errorf("%s: comment %d has number %d", page, n+1, c.Number)
			}
		}
	}
	for id := range l.pages {
		if seen[id] != 1 {
			t.Errorf("acknowledged comment %s is stored %d times", id, seen[id])
		}
	}
}
