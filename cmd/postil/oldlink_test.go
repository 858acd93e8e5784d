package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postil/static/browser"
)

// oldExport has an answer before its parent, and ids as Disqus gives them.
const oldExport = `<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><link>https://HOST/post/</link></thread>
<post dsq:id="9000000002"><message>the answer</message><createdAt>2014-01-02T00:00:00Z</createdAt><author><name>Bea</name></author><thread dsq:id="1"/><parent dsq:id="9000000001"/></post>
<post dsq:id="9000000001"><message>the first</message><createdAt>2014-01-01T00:00:00Z</createdAt><author><name>Ann</name></author><thread dsq:id="1"/></post>
</disqus>`

// TestOldLinksLeadToImportedComments follows a link of the time before, into
// every document that a browser shows.
func TestOldLinksLeadToImportedComments(t *testing.T) {
	t.Parallel()
	tab := browser.NewTab(t)
	blog := (&browser.Blog{Element: `<postil-thread></postil-thread>`}).Listen(t)
	host, flags := strings.TrimPrefix(blog.URL(), "http://"), &storeFlags{Data: t.TempDir()}
	export := filepath.Join(t.TempDir(), "disqus.xml")
	if err := os.WriteFile(export, []byte(strings.ReplaceAll(oldExport, "HOST", host)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"site", "add", blog.URL()}, {"import", "disqus", export, "--site", host}} {
		if out, err := command(t, append([]string{"--data", flags.Data}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	s, _ := serveWith(t, flags)
	blog.Serve(t, s.base)
	const fragment = "#comment-9000000002"
	for document, marked := range map[string]string{
		"thread.html": `document.querySelector('.entry:has(:target) .words')?.textContent.trim()`,
		"feed.xml":    `document.querySelector('entry:has(:target) > content')?.textContent.trim()`,
	} {
		tab.Open(s.base + "/feeds/" + host + "/post/" + document + fragment)
		tab.Wait(marked, "the answer")
	}
	tab.Open(blog.URL() + "/post" + fragment)
	tab.Wait("root.querySelector('.target')?.textContent.includes('the answer')", true)
}
