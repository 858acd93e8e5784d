package main

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"postil/comments"
)

// TestDatabaseRestartsUnderEditsAndDeletions lets authors change what they
// wrote while PostgreSQL restarts: each is told that it is done, and it is.
func TestDatabaseRestartsUnderEditsAndDeletions(t *testing.T) {
	t.Parallel()
	d := startDatabase(t)
	flags := &storeFlags{Data: t.TempDir(), Database: d.URL("postgres")}
	p := serveProgram(t, "--data", flags.Data, "--database", flags.Database, "--site", "https://blog.example", "--rate", "0")
	var done atomic.Int64
	var all sync.WaitGroup
	stop := make(chan struct{})
	gone := make([][]string, 6)
	kept := make([]map[string]string, len(gone)) // id → words
	for i := range gone {
		kept[i] = map[string]string{}
		all.Go(func() {
			for turn := 0; ; turn++ {
				select {
				case <-stop:
					return
				default:
				}
				if !changeMind(t, p, i, turn, kept[i], &gone[i]) {
					return
				}
				done.Add(1)
			}
		})
	}
	for range restarts {
		want := done.Load() + 20
		eventually(t, "they go on", func() bool { return done.Load() >= want || t.Failed() })
		d.control(t, "restart", "-m", "fast")
	}
	close(stop)
	all.Wait()
	store, _ := openStore(t, flags)
	defer store.Close()
	for i := range gone {
		for _, id := range gone[i] {
			if c := mustFind(t, store, id); c.Status != comments.Deleted || c.Source != "" {
				t.Errorf("%s was deleted and is %s: %q", id, c.Status, c.Source)
			}
		}
		for id, words := range kept[i] {
			if c := mustFind(t, store, id); c.Source != words {
				t.Errorf("%s was edited to %q and is %q", id, words, c.Source)
			}
		}
	}
	t.Logf("%d comments were written, edited, and half of them deleted", done.Load())
}

// changeMind writes a comment, edits it and deletes every second one.
func changeMind(t *testing.T, p *process, author, turn int, kept map[string]string, gone *[]string) bool {
	words := fmt.Sprintf("author %d turn %d", author, turn)
	ask := func(want int, method, path, body string, header ...string) answer {
		status, a, err := call(method, p.base+path, body, header...)
		if status != want || err != nil {
			t.Errorf("%s %s: %d %+v %v", method, words, status, a, err)
		}
		return a
	}
	c := ask(http.StatusCreated, http.MethodPost, "/api/v1/comments", fmt.Sprintf(`{"site":"blog.example","page":"/mind","body":%q}`, words))
	key := "Bearer " + c.EditKey
	ask(http.StatusOK, http.MethodPatch, "/api/v1/comments/"+c.ID, fmt.Sprintf(`{"body":%q}`, words+" edited"), "Authorization", key)
	if turn%2 == 0 {
		kept[c.ID] = words + " edited"
		return !t.Failed()
	}
	ask(http.StatusNoContent, http.MethodDelete, "/api/v1/comments/"+c.ID, "", "Authorization", key)
	*gone = append(*gone, c.ID)
	return !t.Failed()
}

func mustFind(t *testing.T, store comments.Store, id string) comments.Comment {
	t.Helper()
	parsed, err := comments.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := store.Find(t.Context(), parsed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRequestsAboutComments(t *testing.T) {
	t.Parallel()
	const id = "01a215e4-b88f-7113-b288-2b91270b1942"
	for request, want := range map[string]string{
		"DELETE /api/v1/comments/" + id: deletes, "PATCH /api/v1/comments/" + id: edits,
		"POST /comment/" + id + "/edit": edits, "POST /comment/" + id + "/delete": deletes,
		"POST /comment/" + id + "/follow": "", "GET /comment/" + id + "/edit": "", "POST /api/v1/comments/" + id: "",
		"DELETE /api/v1/comments/none": "", "POST /comment/none/edit": "",
	} {
		var method, path string
		fmt.Sscan(request, &method, &path)
		if got, what := aboutComment(method, path); what != want || want != "" && got.String() != id {
			t.Errorf("%s: %q %v", request, what, got)
		}
	}
}
