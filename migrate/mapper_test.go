package migrate

import (
	"strings"
	"testing"

	"postil/comments"
)

func TestAddressesLeadToPages(t *testing.T) {
	t.Parallel()
	site := comments.Site{Host: "blog.example", Settings: comments.DefaultSettings()}
	site.Settings.Origins = []string{"https://blog.example", "https://fr.blog.example"}
	site.Settings.KeepQuery = []string{"lang"}
	m := newMapper(site, Mapping{
		Hosts: map[string]string{"www.former.example": "blog.example", "blog.example:8080": "blog.example"}, Keep: []string{"p"},
		Rules: []Rule{{"https://old.example/a", "/exact"}, {"https://old.example/*", "/old/*"}, {"http*://wiki.example/*/x/*.php", "https://blog.example/w/*/*/*?lang=de"}, {"/gone*", ""}, {"ghost-1", "/named"}},
	})
	for _, c := range []struct {
		address, name string
		page          comments.Page
		reason        Reason
	}{
		{"https://blog.example/a", "", "/a", ""},
		{"http://www.blog.example:80/a/?utm_source=x&fbclid=y#comments", "", "/a", ""},
		{"https://BLOG.example./a/index.html", "", "/a", ""},
		{"//blog.example/a//b/../c/", "", "/a/c", ""},
		{"/a/", "", "/a", ""},
		{"a/b", "", "/a/b", ""},
		{" https://fr.blog.example/caf%c3%a9 ", "", "/caf%C3%A9", ""},
		{"https://blog.example/café", "", "/caf%C3%A9", ""},
		{"https://blog.example", "", "/", ""},
		{"https://blog.example/?utm_source=x", "", "/", ""},
		{"https://blog.example/index.php?p=12&x=1", "", "/index.php?p=12", ""},
		{"https://blog.example/?p=12", "", "/?p=12", ""},
		{"https://blog.example/?page_id=12", "", "", NoPage},
		{"https://blog.example/blog/?page_id=12", "", "", NoPage},
		{"https://blog.example/blog/index.php?id=5", "", "", NoPage},
		{"https://blog.example/a/index.html?x=1", "", "/a", ""},
		{"https://blog.example/index.html?x=1", "", "", NoPage},
		{"www.blog.example/a/b%2Fc", "", "/a/b%2Fc", ""},
		{"https://blog.example/a?lang=de&replytocom=5", "", "/a?lang=de", ""},
		{"https://former.example/a", "", "/a", ""},
		{"https://blog.example:8080/a", "", "/a", ""},
		{"https://blog.example/a/amp/", "", "/a", ""},
		{"https://blog.example/amp", "", "/amp", ""},
		{"https://blog.example/a.amp.html", "", "/a.html", ""},
		{"https://blog.example/a?amp=1", "", "/a", ""},
		{"https://www.google.com/amp/s/blog.example/a/amp/", "", "/a", ""},
		{"https://blog-example.cdn.ampproject.org/c/s/blog.example/a?usqp=x", "", "/a", ""},
		{"https://cdn.ampproject.org/v/blog.example/a", "", "/a", ""},
		{"https://blog-example.translate.goog/a?_x_tr_sl=en&_x_tr_tl=de", "", "/a", ""},
		{"https://translate.google.com/translate?hl=de&sl=en&u=https%3A%2F%2Fblog.example%2Fa", "", "/a", ""},
		{"https://translate.googleusercontent.com/translate_c?depth=1&u=https://blog.example/a&usg=x", "", "/a", ""},
		{"http://webcache.googleusercontent.com/search?q=cache:AbC123:blog.example/a+words", "", "/a", ""},
		{"https://web.archive.org/web/20140101000000/http://www.blog.example/a/", "", "/a", ""},
		{"https://web.archive.org/web/2014/https:/blog.example/a?x=1", "", "/a", ""},
		{"https://translate.google.com/translate?u=https://web.archive.org/web/2014/http://blog.example/a", "", "/a", ""},
		{"https://translate.google.com/", "", "", Foreign},
		{"https://other.example/a", "", "", Foreign},
		{"https://disqus.com/home/x", "", "", Foreign},
		{"https://blog.example.evil.example/a", "", "", Foreign},
		{"http://localhost:4000/a", "", "", Local},
		{"http://127.0.0.1/a", "", "", Local},
		{"http://[::1]:8000/a", "", "", Local},
		{"http://192.168.1.5/a", "", "", Local},
		{"http://laptop.local/a", "", "", Local},
		{"http://laptop/a", "", "", Local},
		{"file:///home/me/blog/a.html", "", "", NoPage},
		{"mailto:me@blog.example", "", "", NoPage},
		{"https://blog.example/%zz", "", "", NoPage},
		{"https://blog.example/a\x01b", "", "", NoPage},
		{"", "", "", NoPage},
		{"", "1234 https://blog.example/?p=1234", "/?p=1234", ""},
		{"", "/named/page", "/named/page", ""},
		{"", "node/2", "", NoPage},
		{"", "A title", "", NoPage},
		{"https://old.example/a", "", "/exact", ""},
		{"https://old.example/a/b", "", "/old/a/b", ""},
		{"https://wiki.example/x/x/x/y.php", "", "/w/s/x/x/y?lang=de", ""},
		{"/gone/for/good", "", "", LeftOut},
		{"", "ghost-1", "/named", ""},
		{"https://blog.example/b", "ghost-1", "/named", ""},
		{"https://blog.example/" + strings.Repeat("a", 2000), "", "", NoPage},
	} {
		page, reason, detail := m.page(Thread{Key: "1", Address: c.address, Name: c.name})
		if page != c.page || reason != c.reason {
			t.Errorf("%q, %q: page %q because of %q (%s), want %q, %q", c.address, c.name, page, reason, detail, c.page, c.reason)
		}
	}
	any := newMapper(site, Mapping{Hosts: map[string]string{"*": "blog.example"}})
	if page, reason, _ := any.page(Thread{Address: "http://whatever.example/a"}); page != "/a" || reason != "" {
		t.Errorf("--host *=blog.example leads to %q because of %q", page, reason)
	}
}

func TestMapFiles(t *testing.T) {
	t.Parallel()
	rules, err := ReadRules(strings.NewReader("\ufeffold,new\n# a remark\n\nhttps://a.example/x , /y\n\"/with,comma\",/z\nhttps://b.example/*,/b/*\n/out,\n"))
	if err != nil || len(rules) != 4 || rules[0] != (Rule{"https://a.example/x", "/y"}) || rules[1] != (Rule{"/with,comma", "/z"}) || rules[3] != (Rule{"/out", ""}) {
		t.Errorf("got %q, %v", rules, err)
	}
	for text, says := range map[string]string{
		"/a\n":        "line 1 of the map has 1 fields",
		"/a,/b\n,/c":  "line 2 of the map: the old address is missing",
		"/a,/*":       "more stars",
		"/a,b":        "does not start with /",
		"/a,\"/b\n/c": "the map cannot be read",
		"/a,/b,/c":    "has 3 fields",
	} {
		if _, err := ReadRules(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestBreaksOfWordPress(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"one line":                        "one line",
		"a\nb":                            "<p>a<br>b</p>",
		"a\r\n\r\nb\n  \nc":               "<p>a</p><p>b</p><p>c</p>",
		"see\n\n<pre>x\n\ny</pre>\n\nend": "see<pre>x\n\ny</pre>end",
		"<p>a</p>\n\n<p>b\nc</p>":         "<p>a</p><p>b<br>c</p>",
		"<ul>\n<li>a</li>\n</ul>\nb\nc":   "<ul><li>a</li></ul>b<br>c",
		"<pre>never\nclosed":              "<pre>never\nclosed",
	} {
		if got := paragraphs(source); got != want {
			t.Errorf("%q became %q, want %q", source, got, want)
		}
	}
}

func TestLanguagesOfComments(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]comments.Markup{
		"plain *words*": comments.Markdown, "a < b and c > d": comments.Markdown, "List<String>": comments.Markdown, "`<div>` in code": comments.Markdown,
		"<https://example.org>": comments.Markdown, "```\n<p>code</p>\n```": comments.Markdown, "<p>HTML</p>": comments.SourceHTML,
		"*mixed* <b>up</b>": comments.SourceHTML, "a<br>b": comments.SourceHTML, "<p>one</p>\n\n*two*": comments.SourceHTML,
	} {
		if text, got := language(source); got != want || want == comments.Markdown && text != source {
			t.Errorf("%q is taken for %s: %q", source, got, text)
		}
	}
	if got, _ := language("*mixed* <b>up</b>"); got != "<p><em>mixed</em> <b>up</b></p>" {
		t.Errorf("got %q", got)
	}
}
