package sqlite_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/sqlite"
)

// mark is an address, sealed as far as this test goes, that reads as the
// sentinel in the file.
func mark(t *testing.T) []byte {
	t.Helper()
	sealed, err := base64.StdEncoding.DecodeString(sentinel + sentinel + sentinel + sentinel)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// loadSecrets imports comments full of sentinels, some with an address.
func loadSecrets(t *testing.T, s *sqlite.Store, n int) comments.ID {
	t.Helper()
	run := comments.Run{Site: "blog.example", ID: comments.ID{1}, State: comments.RunUnderway, Began: time.Unix(1, 0)}
	if err := s.PutRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var batch []comments.Imported
	for i := range n {
		c := comments.Imported{Comment: secret(random, i+1, comments.Published)}
		c.Origin = comments.Origin{Source: "other", ID: fmt.Sprint(i)}
		if i%3 == 0 {
			c.Address = mark(t)
		}
		if random.IntN(4) == 0 && i > 0 {
			c.Parent, c.Page = batch[i-1].ID, batch[i-1].Page
		}
		batch = append(batch, c)
	}
	if _, err := s.Load(t.Context(), "blog.example", run.ID, batch); err != nil {
		t.Fatal(err)
	}
	return run.ID
}

// Whoever removes an imported comment removes its words and its author's
// address, from the file too.
func TestImportsThatAreGoneAreInNoFile(t *testing.T) {
	t.Parallel()
	for how, remove := range map[string]func(*sqlite.Store, comments.ID) error{
		"taken back": func(s *sqlite.Store, run comments.ID) error {
			for {
				step, err := s.Unload(t.Context(), "blog.example", run, time.Unix(9, 0), 50)
				if err != nil || !step.More {
					return err
				}
			}
		},
		"the site is removed": func(s *sqlite.Store, _ comments.ID) error { return s.RemoveSite(t.Context(), "blog.example") },
		"erased one by one": func(s *sqlite.Store, _ comments.ID) error {
			for i := range 200 {
				id := comments.ID{5: byte((i + 1) >> 8), 6: byte(i + 1)}
				if _, _, err := s.Update(t.Context(), "blog.example", comments.Act{At: time.Unix(9, 0)}, []comments.ID{id}, func(c *comments.Comment) error {
					c.Author, c.Source, c.HTML, c.Status = comments.Author{}, "", "", comments.Deleted
					return nil
				}); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, filepath.Join(dir, "postil.db"))
			addSite(t, s)
			run := loadSecrets(t, s, 200)
			if holders(t, dir) == "" {
				t.Fatal("the sentinel is in no file before")
			}
			if err := remove(s, run); err != nil {
				t.Fatal(err)
			}
			if left := holders(t, dir); left != "" {
				t.Errorf("the sentinel is left in %s", left)
			}
		})
	}
}
