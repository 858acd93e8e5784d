package doctor

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postil/static/csp"
)

// examine looks at a page without a service.
func examine(t *testing.T, address string) *Report {
	t.Helper()
	return Examine(t.Context(), Config{Page: address, Now: time.Now, Locate: func(service, _, _ string) Thread {
		return Thread{Feed: service + "/feed.xml", HTML: service + "/thread.html", Page: "/"}
	}})
}

func find(r *Report, check string) Finding {
	for _, f := range r.Findings {
		if f.Check == check {
			return f
		}
	}
	return Finding{}
}

// TestNobodyElseIsAsked has a page lead to another host in every way.
func TestNobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer other.Close()
	third := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
	var cookies atomic.Int64
	blog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies.Add(int64(len(r.Cookies())))
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, third+"/", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round?"+r.URL.RawQuery+"x", http.StatusFound)
		case "/nowhere":
			w.WriteHeader(http.StatusMultipleChoices)
		case "/here":
			http.Redirect(w, r, "/page", http.StatusFound)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<script src="%[1]s/x.js"></script><img src="%[1]s/x.png"><iframe src="%[1]s/x"></iframe><link rel="stylesheet" href="%[1]s/x.css"><postil-thread></postil-thread>`, third)
		}
	}))
	defer blog.Close()
	r := examine(t, blog.URL+"/here")
	if !r.Seen || find(r, Page).State != OK || find(r, Script).State != Wrong {
		t.Errorf("%+v", r)
	}
	r = examine(t, blog.URL+"/away")
	if f := find(r, Page); r.Seen || f.State != Unknown || !strings.Contains(f.Text, "leads to another host: "+third) {
		t.Errorf("%+v", r)
	}
	for path, words := range map[string]string{"/round": "on and on", "/nowhere": "leads nowhere"} {
		if f := find(examine(t, blog.URL+path), Page); f.State != Unknown || !strings.Contains(f.Text, words) {
			t.Errorf("%s: %+v", path, f)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the other host was asked %d times", n)
	}
	if cookies.Load() > 0 {
		t.Error("a cookie was kept")
	}
}

func TestPageWithoutTLSIsSaidToBe(t *testing.T) {
	t.Parallel()
	blog := httptest.NewServer(http.NotFoundHandler())
	defer blog.Close()
	if f := find(examine(t, strings.Replace(blog.URL, "http://", "https://", 1)), Page); f.State != Unknown || !strings.Contains(f.Text, "write http://") {
		t.Errorf("%+v", f)
	}
}

func TestWayBackToPlainHTTPIsNotGone(t *testing.T) {
	t.Parallel()
	blog := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.Host+"/", http.StatusFound)
	}))
	defer blog.Close()
	roots := x509.NewCertPool()
	roots.AddCert(blog.Certificate())
	r := Examine(t.Context(), Config{Page: blog.URL, Now: time.Now, Roots: roots})
	if f := find(r, Page); f.State != Unknown || !strings.Contains(f.Text, "back to http://") {
		t.Errorf("%+v", f)
	}
}

func TestOriginIsWrittenAsBrowsersDo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://BLOG.example/":     "https://blog.example",
		"https://blog.example:443/": "https://blog.example",
		"http://blog.example:443/":  "http://blog.example:443",
		"http://[2001:DB8::1]:80/":  "http://[2001:db8::1]",
	} {
		u, err := url.Parse(address)
		if err != nil || origin(u) != want {
			t.Errorf("%s: %s, %v", address, origin(u), err)
		}
	}
}

// Where the site is unknown there is nobody to be allowed anything.
func TestUnknownSiteIsOneFinding(t *testing.T) {
	t.Parallel()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
		}
	}))
	defer service.Close()
	blog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<script src="%s/postil.js"></script><postil-thread>x</postil-thread>`, service.URL)
	}))
	defer blog.Close()
	r := examine(t, blog.URL)
	if f := find(r, Feed); f.State != Wrong || !strings.Contains(f.Mend, "postil site add "+blog.URL) {
		t.Errorf("%+v", f)
	}
	if f := find(r, CORS); f.Check != "" {
		t.Errorf("%+v", f)
	}
}

func TestEndlessPageIsLeft(t *testing.T) {
	t.Parallel()
	blog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for err := error(nil); err == nil; {
			_, err = io.WriteString(w, strings.Repeat(" ", 1<<16))
		}
	}))
	defer blog.Close()
	if f := find(examine(t, blog.URL), Page); f.State != Unknown || !strings.Contains(f.Text, "more than 4 MB") {
		t.Errorf("%+v", f)
	}
}

// The cases are those of W3C Subresource Integrity §3.3.
func TestIntegrityIsThatOfTheStrongestHash(t *testing.T) {
	t.Parallel()
	body := []byte("alert('Hello, world.');")
	const sum256, sum384 = "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=", "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
	for integrity, want := range map[string]bool{
		"":                               true,
		"md5-x":                          true,
		sum256:                           true,
		sum384:                           true,
		sum384 + "?option":               true,
		sum256 + " " + sum384:            true,
		"sha384-x " + sum384:             true,
		"sha256-x " + sum384:             true,
		sum256 + " sha384-x":             false,
		"sha384-x":                       false,
		strings.ToUpper(sum384[:7]) + "": true,
	} {
		if got := intact(body, integrity); got != want {
			t.Errorf("%q: %v", integrity, got)
		}
	}
}

func TestReferrerPolicyIsTheLastThatBrowsersKnow(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"":                                    "",
		"nonsense":                            "",
		"no-referrer":                         "no-referrer",
		"No-Referrer, nonsense":               "no-referrer",
		"origin, strict-origin , same-origin": "same-origin",
	} {
		if got := lastKnownReferrer([]string{list}); got != want {
			t.Errorf("%q: %q", list, got)
		}
	}
}

// Pages that are not in UTF-8 say so in their header or in themselves.
func TestPageIsReadInItsCharset(t *testing.T) {
	t.Parallel()
	for kind, text := range map[string]string{
		"text/html":                     "<meta charset=utf-8><postil-thread page='/caf\u00e9'>",
		"text/html; charset=iso-8859-1": "<postil-thread page='/caf\xe9'>",
		"text/html; charset=UTF-8":      "<postil-thread page='/caf\u00e9'>",
		"application/xhtml+xml":         "<meta charset='windows-1252'><postil-thread page='/caf\xe9'>",
	} {
		p, err := readPage(&answer{url: &url.URL{}, header: http.Header{"Content-Type": {kind}}, body: []byte(text)})
		if err != nil || p.all("postil-thread")[0].attr["page"] != "/café" {
			t.Errorf("%s: %+v, %v", kind, p.elements, err)
		}
	}
}

func TestPageLeadsOnByItself(t *testing.T) {
	t.Parallel()
	at := &url.URL{Scheme: "https", Host: "blog.example", Path: "/old"}
	for content, want := range map[string]string{
		"0; url=/new":                    "https://blog.example/new",
		"0;URL='https://a.example/new'":  "https://a.example/new",
		"3, new":                         "https://blog.example/new",
		"300":                            "",
		"300; url=https://blog.example/": "https://blog.example/",
		"0; url=/old":                    "",
		"soon":                           "",
	} {
		p, err := readPage(&answer{url: at, header: http.Header{}, body: []byte(`<meta http-equiv="Refresh" content="` + content + `">`)})
		got := ""
		if err == nil && p.onward != nil {
			got = p.onward.String()
		}
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", content, got, err)
		}
	}
}

// FuzzPage has hostile pages taken apart.
func FuzzPage(f *testing.F) {
	f.Add(`<base href="//x"><meta http-equiv=content-security-policy content="sandbox; script-src 'self'"><script src="/postil.js" integrity=sha384-x></script><postil-thread page="%zz">`)
	f.Add(`<iframe src="https://c.example/feeds/a/thread.html"></iframe><form action="https://c.example/comment"><input name=site><input name=page value="?"></form>`)
	f.Add(`<section class=postil><a class=feed href="https://c.example/x/feeds/a/b/feed.xml">`)
	f.Fuzz(func(t *testing.T, text string) {
		at := &url.URL{Scheme: "https", Host: "blog.example", Path: "/post"}
		p, err := readPage(&answer{url: at, header: http.Header{}, body: []byte(text)})
		if err != nil {
			return
		}
		e := &exam{blog: p, Config: Config{Locate: func(service, _, _ string) Thread { return Thread{Feed: service} }}}
		e.findEmbed()
		if e.embed.way != csp.ByScript { // whose check asks the service
			e.checkEmbed(t.Context())
		}
		e.checkPage()
		for _, f := range e.report.Findings {
			if f.State == Wrong && f.Mend == "" {
				t.Errorf("%+v", f)
			}
		}
	})
}
