package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fronted is a service whose files a web server hands out.
type fronted struct {
	*testing.T
	service *process
	public  string
	base    string // the web server's address
	last    answer // the newest of the comments on /post
}

// front starts a service with comments in several documents, and the web
// server before it.
func front(t *testing.T, p proxy) *fronted {
	t.Helper()
	data := t.TempDir()
	for _, origin := range []string{"https://blog.example", "https://blog.example:8443"} {
		if out, err := runProgram(t, "", "site", "add", "--data", data, origin, "--policy", "open", "--archive", "10", "--fragment"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	w := &fronted{T: t, public: filepath.Join(data, "public")}
	w.service = serveProgram(t, "--data", data, "--rate", "0", "--url", "https://comments.example")
	w.service.post(t, "blog.example:8443", "/post", "words elsewhere")
	for i := range 25 {
		w.last = w.service.post(t, "blog.example", "/post", fmt.Sprintf("words number %d", i))
	}
	listen, upstream := freeAddress(t), strings.TrimPrefix(w.service.base, "http://")
	w.base = "http://" + listen
	p.start(t, listen, [2]string{upstream, upstream}, "/var/lib/postil/public", w.public)
	for _, name := range []string{"feeds/blog.example/post/feed.xml", "feeds/blog.example/post/thread.html", "feeds/blog.example/post/fragment.html", "sites/blog.example/latest.xml"} {
		eventually(t, "twins of "+name+" with all comments", func() bool { return w.settled(name, "words number 24") })
	}
	eventually(t, "the other site is published", func() bool { return w.settled("feeds/blog.example:8443/post/fragment.html", "words elsewhere") })
	eventually(t, "the comments are counted", func() bool { return fileHas(filepath.Join(w.public, "sites/blog.example/counts.json"), ":25") })
	eventually(t, "the web server answers", func() bool {
		resp, err := http.Get(w.base + "/livez")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return w
}

// settled says whether a file holds the words, and has its twins. In this order:
// the twins of what stood there before are gone when the file has the words.
func (w *fronted) settled(name, words string) bool {
	file, err := os.ReadFile(filepath.Join(w.public, name))
	if err != nil || !strings.Contains(string(file), words) {
		return false
	}
	for _, suffix := range []string{".br", ".gz"} {
		if _, err := os.Stat(filepath.Join(w.public, name+suffix)); err != nil {
			return false
		}
	}
	return true
}

// paths are all files that are not twins.
func (w *fronted) paths() (paths []string) {
	err := filepath.WalkDir(w.public, func(name string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(w.public, name)
		if err == nil && !e.IsDir() && rel[0] != '.' && !strings.HasSuffix(rel, ".br") && !strings.HasSuffix(rel, ".gz") {
			paths = append(paths, "/"+rel)
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return paths
}

// ask sends a request with all that a client says of codings in header.
func (w *fronted) ask(method, url string, header ...string) (*http.Response, string) {
	w.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	return resp, string(body)
}

// own is the part of a header that web servers write in their own way: the
// validators, which name their own files, and whether they know the length
// beforehand.
var own = []string{"Date", "Server", "Etag", "Last-Modified", "Connection", "Content-Length", "Transfer-Encoding"}

func comparable(resp *http.Response) http.Header {
	h := resp.Header.Clone()
	for _, name := range own {
		h.Del(name)
	}
	if resp.StatusCode == http.StatusPartialContent {
		h.Del("Accept-Ranges") // goes without saying
	}
	return h
}

// same compares what the web server answers with what the service does.
func (w *fronted) same(method, path string, header ...string) {
	w.Helper()
	want, wantBody := w.ask(method, w.service.base+path, header...)
	got, gotBody := w.ask(method, w.base+path, header...)
	if got.StatusCode != want.StatusCode || gotBody != wantBody {
		w.Errorf("%s %s %q: %d with %d bytes, the service answers %d with %d", method, path, header, got.StatusCode, len(gotBody), want.StatusCode, len(wantBody))
	}
	if diff := cmp.Diff(comparable(want), comparable(got)); diff != "" {
		w.Errorf("%s %s %q (-service +web server):\n%s", method, path, header, diff)
	}
}

// webServers are the proxies that hand out files by themselves.
func webServers(t *testing.T, test func(*fronted)) {
	t.Parallel()
	for _, name := range []string{"nginx", "caddy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(front(t, proxies[name]))
		})
	}
}

// TestWebServersAnswerAsPostilDoes compares header by header and byte by byte.
func TestWebServersAnswerAsPostilDoes(t *testing.T) {
	webServers(t, func(w *fronted) {
		paths := w.paths()
		if !slices.Contains(paths, "/feeds/blog.example:8443/post/thread.html") {
			w.Errorf("there is no site with a port among %v", paths)
		}
		for _, name := range []string{"feed.xml", "thread.html", "thread.json", "fragment.html", "feed-1.xml", "thread-1.html", "thread-1.json"} {
			if !slices.Contains(paths, "/feeds/blog.example/post/"+name) {
				w.Errorf("there is no %s among %v", name, paths)
			}
		}
		for _, path := range paths {
			for _, codings := range []string{
				"identity", "gzip, deflate, br, zstd", "gzip", "br", "BR;q=0.5", "gzip;q=0, br;q=0", "br;q=0.000,gzip;q=1.0", "br ; q=0.001 , gzip;q=0",
				"gzipped, brown, ybr", "deflate;q=0.5",
			} {
				w.same(http.MethodGet, path, "Accept-Encoding", codings)
			}
			w.same(http.MethodHead, path, "Accept-Encoding", "br")
			w.same(http.MethodGet, path, "Range", "bytes=2-5")
		}
		for _, path := range []string{"/feeds/blog.example/none/feed.xml", "/feeds/blog.example/none/fragment.html", "/feeds/blog.example/post/index.html/thread.json", "/", "/comment?site=blog.example&page=/post"} {
			if resp, _ := w.ask(http.MethodGet, w.base+path); resp.StatusCode != http.StatusOK {
				w.Errorf("%s answers %d", path, resp.StatusCode)
			}
		}
	})
}

// TestWebServersKnowWhatReadersHave asks again with the validators.
func TestWebServersKnowWhatReadersHave(t *testing.T) {
	webServers(t, func(w *fronted) {
		for _, path := range []string{"/feeds/blog.example/post/feed.xml", "/feeds/blog.example/post/thread.html", "/postil.js"} {
			tags := map[string]string{}
			for _, coding := range []string{"identity", "gzip", "br"} {
				first, _ := w.ask(http.MethodGet, w.base+path, "Accept-Encoding", coding)
				tags[first.Header.Get("Etag")] = coding
				again, body := w.ask(http.MethodGet, w.base+path, "Accept-Encoding", coding, "If-None-Match", first.Header.Get("Etag"))
				from, _ := w.ask(http.MethodGet, w.service.base+path, "Accept-Encoding", coding, "If-None-Match", "*")
				if again.StatusCode != http.StatusNotModified || body != "" || from.StatusCode != http.StatusNotModified {
					w.Errorf("%s in %s, asked for again: %d, the service %d", path, coding, again.StatusCode, from.StatusCode)
				}
				if diff := cmp.Diff(comparable(from), comparable(again)); diff != "" {
					w.Errorf("%s in %s, not modified (-service +web server):\n%s", path, coding, diff)
				}
				later, _ := w.ask(http.MethodGet, w.base+path, "If-Modified-Since", "Sun, 01 Jan 2090 00:00:00 GMT")
				if later.StatusCode != http.StatusNotModified {
					w.Errorf("%s, not modified since long: %d", path, later.StatusCode)
				}
			}
			if len(tags) != 3 {
				w.Errorf("%s: two codings share a tag: %v", path, tags)
			}
		}
	})
}

// TestWebServersAskPostilForAllElse is what has no file, or is no reading.
func TestWebServersAskPostilForAllElse(t *testing.T) {
	webServers(t, func(w *fronted) {
		const feed = "/feeds/blog.example/post/feed.xml"
		w.same(http.MethodOptions, feed, "Origin", "https://blog.example", "Access-Control-Request-Method", "GET")
		w.same(http.MethodGet, "/sites/blog.example/counts.json?x=1")
		if resp, body := w.ask(http.MethodPost, w.base+feed); resp.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(body, `"status":405`) {
			w.Errorf("posting to a feed answers %d %s", resp.StatusCode, body)
		}
		for path, varies := range map[string]bool{
			feed + ".br": false, "/.postil-cursor": false, "/feeds/blog.example/.postil-lock": false, "/feeds/blog.example/post/": false,
			"/feeds/blog.example/post/feed-9.xml": true, "/feeds/none.example/feed.xml": true,
		} {
			resp, body := w.ask(http.MethodGet, w.base+path)
			if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, `"status":404`) {
				w.Errorf("%s answers %d %s", path, resp.StatusCode, body)
			}
			if vary := resp.Header.Values("Vary"); varies && !slices.Equal(vary, []string{"Accept-Encoding"}) {
				w.Errorf("%s varies by %v", path, vary)
			}
		}
		if _, body := w.ask(http.MethodGet, w.base+feed); !strings.Contains(body, "words number 24") {
			w.Error("the newest comment is not in the feed")
		}
		status, _, err := call(http.MethodDelete, w.base+"/api/v1/comments/"+w.last.ID, "", "Authorization", "Bearer "+w.last.EditKey)
		if err != nil || status/100 != 2 {
			w.Fatalf("deleting: %d %v", status, err)
		}
		for _, coding := range []string{"identity", "gzip", "br"} {
			w.same(http.MethodGet, feed, "Accept-Encoding", coding)
		}
		if _, body := w.ask(http.MethodGet, w.base+feed); strings.Contains(body, "words number 24") {
			w.Error("the deleted comment is still in the feed")
		}
		w.service.kill()
		if resp, body := w.ask(http.MethodGet, w.base+feed); resp.StatusCode != http.StatusOK || !strings.Contains(body, "words number 23") {
			w.Errorf("without the service the feed answers %d", resp.StatusCode)
		}
	})
}
