package spam

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"testing"

	"postil/comments"
	"postil/comments/markup"
)

// linking returns a case whose text has so many links to each of some hosts.
func linking(each int, hosts ...string) *inquiry {
	return asked(func(i *inquiry) {
		var b strings.Builder
		for _, host := range hosts {
			for n := range each {
				fmt.Fprintf(&b, `<p><a href="https://%s/%d" rel="nofollow ugc noopener">here</a></p>`, host, n)
			}
		}
		i.Comment.HTML = comments.HTML(b.String())
		i.knowledge.hosts = map[uint64]bool{maphash.String(i.seed, "wiki.example"): true}
		i.links, i.novel = addresses(i.Comment.HTML), i.novelHosts()
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	const known, own = "wiki.example", "blog.example"
	for _, c := range []struct {
		name    string
		allowed int
		asked   *inquiry
		want    int
	}{
		{"none", 2, linking(0), 0},
		{"as many as allowed", 2, linking(2, known), 0},
		{"one more", 2, linking(3, known), 100},
		{"far too many", 2, linking(9, known), 200},
		{"none allowed, none there", 0, linking(0), 0},
		{"none allowed", 0, linking(1, known), 100},
		{"many allowed", 10, linking(10, known), 0},
		{"to the blog itself", 2, linking(1, own, "www.blog.example"), 0},
		{"one new host", 2, linking(2, "new.example"), 0},
		{"two new hosts", 2, linking(1, "new.example", "newer.example"), 50},
		{"one new and one known", 2, linking(1, "new.example", known), 0},
		{"too many in BBCode", 2, asked(func(i *inquiry) {
			i.Comment.HTML = comments.HTML(strings.Repeat("<p>[URL=https://new.example]here[/URL]</p>", 3))
		}), 100},
		{"too many, and new", 2, linking(2, "new.example", "newer.example"), 150},
	} {
		c.asked.Site.Settings.MaxLinks = c.allowed
		if got := links(c.asked); got != c.want {
			t.Errorf("%s: got %d points, want %d", c.name, got, c.want)
		}
	}
}

func TestNovelHosts(t *testing.T) {
	t.Parallel()
	i := linking(1, "a.example", "b.example", "wiki.example", "A.Example")
	i.Comment.Author.Website = "http://WWW.b.example:8080/me"
	if got := i.novelHosts(); got != 2 {
		t.Errorf("got %d new hosts, want those of a and b", got)
	}
	i.knowledge.published = novelTotal - 1
	if got := i.novelHosts(); got != 0 {
		t.Errorf("got %d new hosts on a site where all are new", got)
	}
	many := make([]string, 3*maxHosts)
	for n := range many {
		many[n] = fmt.Sprintf("h%d.example", n)
	}
	if got := linking(1, many...).novelHosts(); got != maxHosts {
		t.Errorf("looked at %d hosts, want no more than %d", got, maxHosts)
	}
}

func TestHostOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://Blog.Example/a?b#c": "blog.example", "http://www.blog.example": "blog.example", "https://blog.example:8443/": "blog.example",
		"https://me@blog.example/": "blog.example", "https://[2001:db8::1]:80/x": "[2001:db8::1]", "https://blog.example?x=://y": "blog.example",
		"mailto:ann@blog.example": "", "": "", "nonsense": "", "javascript://x": "", "https://": "",
	} {
		if got := hostOf(address); got != want {
			t.Errorf("host of %q is %q, want %q", address, got, want)
		}
	}
}

// What addresses finds is what the renderer makes, and nothing that an author
// can write looks like it.
func TestAddresses(t *testing.T) {
	t.Parallel()
	source := `See https://a.example/x?y=1&z=2, [b](http://b.example "t"), ![c](https://c.example/p.png) and <a href="https://d.example">d</a>, [url=https://g.example]g[/url], ` +
		"`<a href=\"https://e.example\">` or [f](javascript:alert)."
	html, err := markup.New().Render(source, comments.Markdown)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, address := range addresses(html) {
		found = append(found, hostOf(address))
	}
	if want := []string{"a.example", "b.example", "c.example"}; !slices.Equal(found, want) {
		t.Errorf("got links to %v, want %v, in\n%s", found, want, html)
	}
	if got := typedLinks(html); got != 2 {
		t.Errorf("got %d links typed in other languages, want those to d and g, but not the one in code", got)
	}
	if got := addresses(`<a href="https://cut.example`); got != nil {
		t.Errorf("got %v of half a link", got)
	}
}
