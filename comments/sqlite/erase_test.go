package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/sqlite"
)

// sentinel stands in all words that a test erases.
const sentinel = "Zauberwort"

// holders returns the files below dir that hold the sentinel. It asks another
// process: were this one to open and close the database, its locks would go.
func holders(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("grep", "-rla", sentinel, dir).Output()
	if exit, ok := err.(*exec.ExitError); err != nil && !(ok && exit.ExitCode() == 1) {
		t.Fatal(err)
	}
	return string(out)
}

func addSite(t *testing.T, s *sqlite.Store) comments.Site {
	t.Helper()
	site, err := comments.NewSite("https://blog.example")
	if err != nil {
		t.Fatal(err)
	}
	site.Created = time.Now().UTC().Truncate(time.Microsecond)
	if err := s.PutSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	return site
}

// secret returns the n-th comment full of sentinels, of a size that differs.
func secret(random *rand.Rand, n int, status comments.Status) comments.Comment {
	body := strings.Repeat(sentinel+" ", 1+random.IntN(1+random.IntN(400)))
	at := time.UnixMicro(int64(n)).UTC()
	return comments.Comment{
		ID: comments.ID{4: byte(n >> 16), 5: byte(n >> 8), 6: byte(n)}, Site: "blog.example", Page: comments.Page(fmt.Sprintf("/%d", random.IntN(20))),
		Status: status, Author: comments.Author{Name: sentinel, Website: "https://" + sentinel + ".example"}, Source: body, Markup: comments.Markdown,
		HTML: comments.HTML("<p>" + body + "</p>"), Created: at, Decided: at,
	}
}

// The sizes differ so that SQLite has to move rows about, and some rows grow
// and shrink before they go: copies are left behind if the tables allow it.
func TestErasedWordsAreInNoFile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, filepath.Join(dir, "postil.db"))
			addSite(t, s)
			random := rand.New(rand.NewPCG(seed, 0))
			ids := addSecrets(t, s, random, 600)
			random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			rewrite(t, s, ids[:len(ids)/2], func(c *comments.Comment) {
				c.Source = strings.Repeat(sentinel, random.IntN(500))
				c.Status = comments.Published
			})
			if holders(t, dir) == "" {
				t.Fatal("the search finds nothing")
			}
			erase(t, s, ids)
			if found := holders(t, dir); found != "" {
				t.Errorf("erased words are still in %s", found)
			}
		})
	}
}

func TestErasedWordsAreInNoFileWhileOthersRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "postil.db")
	s, other := open(t, path), open(t, path)
	addSite(t, s)
	ids := addSecrets(t, s, rand.New(rand.NewPCG(0, 0)), 100)
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := other.Latest(t.Context(), "blog.example", 100); err != nil {
					t.Error(err)
				}
			}
		})
	}
	erase(t, s, ids)
	found := holders(t, dir)
	close(done)
	readers.Wait()
	if found != "" {
		t.Errorf("erased words are still in %s", found)
	}
}

func TestWordsOfARemovedSiteAreInNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "postil.db"))
	site := addSite(t, s)
	addSecrets(t, s, rand.New(rand.NewPCG(0, 0)), 200)
	if err := s.RemoveSite(t.Context(), site.Host); err != nil {
		t.Fatal(err)
	}
	if found := holders(t, dir); found != "" {
		t.Errorf("words of the site are still in %s", found)
	}
}

func addSecrets(t *testing.T, s *sqlite.Store, random *rand.Rand, n int) (ids []comments.ID) {
	t.Helper()
	for len(ids) < n {
		var batch []comments.Comment
		for range 1 + random.IntN(30) {
			status := comments.Published
			if random.IntN(4) == 0 {
				status = comments.Held
			}
			c := secret(random, len(ids)+1, status)
			batch, ids = append(batch, c), append(ids, c.ID)
		}
		if _, err := s.Add(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func erase(t *testing.T, s *sqlite.Store, ids []comments.ID) {
	t.Helper()
	rewrite(t, s, ids, func(c *comments.Comment) {
		c.Author, c.Source, c.HTML, c.Status = comments.Author{}, "", "", comments.Deleted
	})
}

func rewrite(t *testing.T, s *sqlite.Store, ids []comments.ID, edit func(*comments.Comment)) {
	t.Helper()
	for chunk := range slices.Chunk(ids, 50) {
		if _, _, err := s.Update(t.Context(), "blog.example", comments.Act{}, chunk, func(c *comments.Comment) error { edit(c); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}
