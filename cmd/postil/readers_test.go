package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// miniflux is the release whose parser reads our feeds.
const miniflux = "miniflux.app/v2@v2.3.5"

// item is a comment as a feed reader shows it.
type item struct{ id, author, title, link, words string }

// reader follows a feed and returns what it shows of it now, by link.
type reader func(t *testing.T, feed string) map[string]item

// newsboat is run as people run it, with a cache of its own; the same cache is
// used at each call.
func newsboat(t *testing.T) reader {
	t.Helper()
	program := tool(t, "newsboat")
	folder := t.TempDir()
	writeFile(t, "", folder, "config")
	return func(t *testing.T, feed string) map[string]item {
		t.Helper()
		writeFile(t, feed+"\n", folder, "urls")
		cache := filepath.Join(folder, "cache.db")
		cmd := exec.Command(program, "-q", "-u", filepath.Join(folder, "urls"), "-c", cache, "-C", filepath.Join(folder, "config"), "-x", "reload")
		cmd.Env = append(os.Environ(), "HOME="+folder, "LANG=C.UTF-8")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return cached(t, cache, feed)
	}
}

// cached reads what newsboat has in its cache of a feed.
func cached(t *testing.T, cache, feed string) map[string]item {
	t.Helper()
	db, err := sql.Open("sqlite", cache)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT guid, author, title, url, content FROM rss_item WHERE feedurl = ? AND deleted = 0", feed)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	items := map[string]item{}
	for rows.Next() {
		var i item
		if err := rows.Scan(&i.id, &i.author, &i.title, &i.link, &i.words); err != nil {
			t.Fatal(err)
		}
		items[i.link] = i
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return items
}

// minifluxParser builds a program around Miniflux's parser.
func minifluxParser(t *testing.T) reader {
	t.Helper()
	folder := t.TempDir()
	download := exec.Command(tool(t, "go"), "mod", "download", "-json", miniflux)
	download.Dir = folder
	out, err := download.Output()
	var module struct{ Dir string }
	if err != nil || json.Unmarshal(out, &module) != nil || module.Dir == "" {
		t.Fatalf("%s: %v\n%s", miniflux, err, out)
	}
	if err := os.CopyFS(filepath.Join(folder, "src"), os.DirFS(module.Dir)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "miniflux", "main.go.txt"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, string(text), folder, "src", "postil", "main.go")
	program := filepath.Join(folder, "parse")
	said(t, nil, "go", "build", "-C", filepath.Join(folder, "src"), "-o", program, "./postil")
	return func(t *testing.T, feed string) map[string]item {
		t.Helper()
		status, body := get(t, feed)
		if status != http.StatusOK {
			t.Fatalf("%s answers %d", feed, status)
		}
		return parsed(t, said(t, []byte(body), program, feed))
	}
}

func parsed(t *testing.T, out []byte) map[string]item {
	t.Helper()
	var feed struct {
		Entries []struct{ Hash, Author, Title, URL, Content string }
	}
	if err := json.Unmarshal(out, &feed); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	items := map[string]item{}
	for _, e := range feed.Entries {
		items[e.URL] = item{e.Hash, e.Author, e.Title, e.URL, e.Content}
	}
	return items
}

// edit changes the words of a comment.
func (p *process) edit(t *testing.T, a answer, body string) {
	t.Helper()
	status, _, err := call(http.MethodPatch, p.base+"/api/v1/comments/"+a.ID, fmt.Sprintf(`{"body":%q}`, body), "Authorization", "Bearer "+a.EditKey)
	if err != nil || status/100 != 2 {
		t.Fatalf("editing: %d %v", status, err)
	}
}

// remove deletes a comment.
func (p *process) remove(t *testing.T, a answer) {
	t.Helper()
	status, _, err := call(http.MethodDelete, p.base+"/api/v1/comments/"+a.ID, "", "Authorization", "Bearer "+a.EditKey)
	if err != nil || status/100 != 2 {
		t.Fatalf("deleting: %d %v", status, err)
	}
}

// TestFeedReadersFollowThreadsAndSites follows both feeds, through an edit and
// deletions.
func TestFeedReadersFollowThreadsAndSites(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) reader{"newsboat": newsboat, "miniflux": minifluxParser} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			follow, fresh := start(t), start
			p := serveProgram(t, "--data", t.TempDir(), "--rate", "0", "--site", "https://blog.example")
			edited := p.post(t, "blog.example", "/post", "first *words*, `a < b`")
			answered := p.post(t, "blog.example", "/post", "words to be answered")
			p.submit(t, map[string]any{"site": "blog.example", "page": "/post", "parent": answered.ID, "name": "Bob", "body": "the answer"})
			lonely := p.post(t, "blog.example", "/post", "words that go")
			link := func(a answer) string { return "https://blog.example/post#comment-" + a.ID }
			for _, feed := range []string{p.base + "/feeds/blog.example/post/feed.xml", p.base + "/sites/blog.example/latest.xml"} {
				var got map[string]item
				eventually(t, feed+" has all comments", func() bool { got = follow(t, feed); return len(got) == 4 })
				one := got[link(edited)]
				if one.author != "Ann" || !strings.Contains(one.words, "<em>words</em>") || !strings.Contains(one.words, "a &lt; b") || !strings.Contains(one.title, "Ann") {
					t.Errorf("%s: %+v", feed, one)
				}
			}
			p.edit(t, edited, "other *words*")
			p.remove(t, answered)
			p.remove(t, lonely)
			for _, feed := range []string{p.base + "/feeds/blog.example/post/feed.xml", p.base + "/sites/blog.example/latest.xml"} {
				var got map[string]item
				eventually(t, feed+" shows the edit", func() bool {
					got = follow(t, feed)
					return strings.Contains(got[link(edited)].words, "other <em>words</em>")
				})
				late := fresh(t)(t, feed) // somebody who subscribes now
				for who, items := range map[string]map[string]item{"who knew it": got, "who did not": late} {
					if words := items[link(answered)].words; who == "who did not" && strings.Contains(words, "to be answered") {
						t.Errorf("%s, to a reader %s: the deleted comment reads %q", feed, who, words)
					}
				}
				if _, there := late[link(lonely)]; there {
					t.Errorf("%s still has the deleted comment", feed)
				}
				t.Logf("%s %s: %+v", name, feed, got)
			}
		})
	}
}
