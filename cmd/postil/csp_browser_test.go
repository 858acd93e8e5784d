package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"postil/static/browser"
	"postil/static/csp"
)

var cspStyles = []string{csp.ByScript, csp.ByFrame, csp.ByForm, csp.ByInclude}

// printCSP runs "postil csp" and returns what it writes to standard output.
func printCSP(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, append([]string{"csp"}, args...)...).Output()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return string(out)
}

// snippets are the paragraphs of the guide that go into a page. Of the two
// script tags only the one with integrity is wanted.
func snippets(guide, host, page string) string {
	var all []string
	for part := range strings.SplitSeq(guide, "\n\n") {
		if strings.HasPrefix(part, "<") && !strings.Contains(part, "/postil.js") {
			all = append(all, part)
		}
	}
	return strings.NewReplacer("HOST", host, "/PAGE", page, "PAGE", strings.Trim(page, "/")).Replace(strings.Join(all, "\n"))
}

// writeBlog puts a page at /post/, which holds what the guide says, a sheet of
// its own, and an inline script that no policy of ours lets run.
func writeBlog(t *testing.T, b cspBlog, service, head string) {
	t.Helper()
	body := snippets(printCSP(t, "--service", service, "--style", b.style), b.address, "/post")
	if b.style == csp.ByInclude {
		_, fragment := get(t, service+"/feeds/"+b.address+"/post/fragment.html")
		body += fragment
	}
	page := `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">` + head + `<title>Blog</title><link rel="stylesheet" href="/style.css">
<script>window.inline = true</script></head><body><h1>Post</h1>` + body + `</body></html>`
	for name, text := range map[string]string{"post/index.html": page, "style.css": "h1{color:rgb(1,2,3)}", "favicon.ico": ""} {
		file := filepath.Join(b.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPrintedPoliciesWorkInRealServers loads each printed form into the
// program that it is for, and uses the page that the guide describes under it.
func TestPrintedPoliciesWorkInRealServers(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"raw", "nginx", "caddy", "apache", "meta"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			blogs, service, public := cspBlogs(t)
			for i, b := range blogs {
				b.printed = filepath.Join(t.TempDir(), "printed")
				blogs[i] = b
				text := printCSP(t, "--service", service, "--style", b.style, "--format", format)
				if err := os.WriteFile(b.printed, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				head := ""
				if format == metaForm {
					head = text
				}
				writeBlog(t, b, service, head)
				if format == metaForm {
					serveHeaders(t, b, nil)
				} else if format == "raw" {
					serveHeaders(t, b, rawFields(t, text))
				}
			}
			if _, ok := cspServers[format]; ok {
				serveBlogs(t, format, blogs)
			}
			for _, b := range blogs {
				t.Run(b.style, func(t *testing.T) { useBlog(t, b, service, public, format) })
			}
		})
	}
}

// TestHashesAreEnoughForTheScript is for policies in which addresses do not
// count: the part that writes is let in by its hash, too.
func TestHashesAreEnoughForTheScript(t *testing.T) {
	t.Parallel()
	blogs, service, public := cspBlogs(t)
	for i, args := range [][]string{{"--hashes"}, {"--merge", "default-src 'self'; script-src 'strict-dynamic'"}} {
		b := blogs[i]
		b.style = csp.ByScript
		writeBlog(t, b, service, "")
		fields := rawFields(t, printCSP(t, append([]string{"--service", service, "--format", "raw"}, args...)...))
		if strings.Contains(fields[0].value, "script-src 'self' "+service) || !strings.Contains(fields[0].value, "'sha384-") {
			t.Fatalf("%v: %s", args, fields[0].value)
		}
		serveHeaders(t, b, fields)
		t.Run(args[0], func(t *testing.T) { useBlog(t, b, service, public, "raw") })
	}
}

// cspBlogs makes a blog for each style, and a service for them all that has a
// comment for each.
func cspBlogs(t *testing.T) (blogs []cspBlog, service, public string) {
	t.Helper()
	data, root := t.TempDir(), t.TempDir()
	for _, dir := range []string{filepath.Dir(root), root} {
		if err := os.Chmod(dir, 0o755); err != nil { // for a server that runs as nobody
			t.Fatal(err)
		}
	}
	args := []string{"--data", data}
	for _, style := range cspStyles {
		b := cspBlog{style: style, address: freeAddress(t), dir: filepath.Join(root, style)}
		blogs, args = append(blogs, b), append(args, "--site", "http://"+b.address)
	}
	p := serveProgram(t, args...)
	public = filepath.Join(data, "public")
	for _, b := range blogs {
		p.post(t, b.address, "/post", "said before")
		onDisk(t, filepath.Join(public, "feeds", b.address, "post"), "said before")
	}
	include := blogs[slices.Index(cspStyles, csp.ByInclude)].address
	if out, err := runProgram(t, "", "site", "set", include, "--fragment", "--data", data); err != nil {
		t.Fatal(out, err)
	}
	eventually(t, "the fragment is published", func() bool {
		return fileHas(filepath.Join(public, "feeds", include, "post", "fragment.html"), "said before")
	})
	return blogs, p.base, public
}

// useBlog does in a browser what its readers do.
func useBlog(t *testing.T, b cspBlog, service, public, format string) {
	tab := browser.NewTab(t, "inline script")
	url := "http://" + b.address + "/post/"
	if _, ok := cspServers[format]; ok {
		sameFields(t, url, rawFields(t, printCSP(t, "--service", service, "--style", b.style, "--format", "raw")))
	}
	tab.Open(url)
	tab.Wait("getComputedStyle(document.querySelector('h1')).color", "rgb(1, 2, 3)")
	tab.Wait("window.inline ?? 'blocked'", "blocked")
	switch b.style {
	case csp.ByScript:
		tab.Wait("root.querySelector('article')?.textContent.includes('said before')", true)
		tab.Wait("!!root.querySelector('textarea')", true)
		tab.Write("textarea[name=body]", "said by script")
		tab.Click(".post")
		onDisk(t, filepath.Join(public, "feeds", b.address, "post"), "said by script")
	case csp.ByFrame:
		thread := service + "/feeds/" + b.address + "/post/thread.html"
		tab.Until(func() bool { return strings.Contains(inFrame(tab, thread), "said before") }, func() string { return inFrame(tab, thread) })
	case csp.ByForm:
		tab.Press("form button")
		tab.Do(chromedp.SendKeys(chromedp.CSS("textarea[name=body]"), "said by form"))
		tab.Press("button[value=post]")
		tab.Do(chromedp.WaitVisible(chromedp.CSS(`a[href*="/edit"]`)))
	case csp.ByInclude:
		tab.Wait("document.querySelector('article').textContent.includes('said before')", true)
		tab.Wait("[...document.styleSheets].map(s => new URL(s.href).pathname).join()", "/style.css,/postil.css")
	}
}

// inFrame returns the text of the document at an address, which stands in a
// frame and, being of another site, in a process of its own. It is empty while
// there is none: what a policy blocks has another address.
func inFrame(tab *browser.Tab, url string) string {
	tab.Helper()
	targets, err := chromedp.Targets(tab.Context)
	if err != nil {
		tab.Fatal(err)
	}
	for _, target := range targets {
		if target.URL != url {
			continue
		}
		ctx, cancel := chromedp.NewContext(tab.Context, chromedp.WithTargetID(target.TargetID))
		defer cancel()
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
		if err != nil {
			return err.Error()
		}
		return text
	}
	return ""
}

// sameFields checks that a server sends the header fields as they are meant.
func sameFields(t *testing.T, url string, fields []field) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, f := range fields {
		if got := resp.Header.Values(f.name); len(got) != 1 || got[0] != f.value {
			t.Errorf("%s: got %q, want %q", f.name, got, f.value)
		}
	}
}
