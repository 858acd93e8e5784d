package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// blogServers serve a static blog with comments within its pages. Their
// configurations stand beside those of proxies, whose programs they share.
var blogServers = map[string]struct {
	config, page string
}{
	"nginx": {"nginx/blog.conf", `<p>Post.</p><!--# block name="away" --><a href="thread.html">Away</a><!--# endblock -->
<!--# include virtual="/postil/feeds/blog.example/%s/fragment.html" stub="away" --><p>End.</p>`},
	"caddy": {"caddy/blog.caddy", "<p>Post.</p>\n{{or (httpInclude \"/postil/feeds/blog.example/%s/fragment.html\") `<a href=\"thread.html\">Away</a>`}}<p>End.</p>"},
}

// serveBlog starts a web server on a folder with the two configurations that
// belong together, and returns the blog's address.
func serveBlog(t *testing.T, name, folder, public, upstream string) string {
	t.Helper()
	p := proxies[name]
	text, err := os.ReadFile(filepath.Join(deployed, blogServers[name].config))
	if err != nil {
		t.Fatal(err)
	}
	p.within = strings.Replace(p.within, "%s", "%s\n"+string(text), 1)
	listen := freeAddress(t)
	p.start(t, freeAddress(t), [2]string{upstream, upstream}, "127.0.0.1:8001", listen, "/srv/blog", folder, "/var/lib/postil/public", public)
	eventually(t, name+" serves the blog", func() bool {
		resp, err := http.Get("http://" + listen + "/nothing")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil && resp.StatusCode == http.StatusNotFound
	})
	return "http://" + listen
}

func writeFile(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// injected is what readers could write to command a server that reads their words as a
// template or as server-side includes.
const injected = "{{env `HOME`}} {{readFile `/etc/passwd`}} <!--# echo var=\"remote_addr\" --> {% include %} <?php phpinfo() ?>"

// TestWebServersIncludeTheThread looks at pages with comments in them, written
// by people who would like the web server to do something for them.
func TestWebServersIncludeTheThread(t *testing.T) {
	t.Parallel()
	for name := range blogServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			if out, err := runProgram(t, "", "site", "add", "--data", data, "https://blog.example", "--policy", "open", "--fragment"); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			service := serveProgram(t, "--data", data, "--rate", "0", "--url", "https://comments.example")
			service.submit(t, map[string]any{"site": "blog.example", "page": "/post", "name": "Ann {{env `HOME`}}", "body": injected})
			public, folder := filepath.Join(data, "public"), t.TempDir()
			eventually(t, "the fragment is there", func() bool {
				return fileHas(filepath.Join(public, "feeds/blog.example/post/fragment.html"), "Ann")
			})
			for _, page := range []string{"post", "empty"} {
				writeFile(t, fmt.Sprintf(blogServers[name].page, page), folder, page, "index.html")
			}
			blog := serveBlog(t, name, folder, public, strings.TrimPrefix(service.base, "http://"))
			w := &fronted{T: t}
			_, post := w.ask(http.MethodGet, blog+"/post/", "Accept-Encoding", "br, gzip", "If-None-Match", `"old"`)
			for _, want := range []string{"<p>Post.</p>", "<p>End.</p>", "1 comment</h2>", "&#123;&#123;env", "&#123;&#123;readFile", "&lt;!--# echo", "&lt;?php", `/comment?site=blog.example`} {
				if !strings.Contains(post, want) {
					t.Errorf("the page has no %s:\n%s", want, post)
				}
			}
			for _, bad := range []string{"root:", os.Getenv("HOME") + " ", "127.0.0.1 ", "Away"} {
				if strings.Contains(post, bad) {
					t.Errorf("the page has %q:\n%s", bad, post)
				}
			}
			if _, empty := w.ask(http.MethodGet, blog+"/empty/"); !strings.Contains(empty, "No comments yet.") || !strings.Contains(empty, "<p>End.</p>") {
				t.Errorf("the page without comments:\n%s", empty)
			}
			service.kill()
			if _, post := w.ask(http.MethodGet, blog+"/post/"); !strings.Contains(post, "1 comment</h2>") {
				t.Errorf("with the service away:\n%s", post)
			}
			if _, empty := w.ask(http.MethodGet, blog+"/empty/"); !strings.Contains(empty, `<a href="thread.html">Away</a>`) || !strings.Contains(empty, "<p>End.</p>") || strings.Contains(empty, "502") {
				t.Errorf("the page without comments, with the service away:\n%s", empty)
			}
		})
	}
}
