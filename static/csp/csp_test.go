package csp

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServiceSendsExactlyThesePolicies(t *testing.T) {
	t.Parallel()
	const base = "default-src 'none'; style-src 'self'; base-uri 'none'; "
	for name, c := range map[string]struct {
		policy Policy
		want   string
	}{
		"feed":            {Feed(), base + "form-action 'none'; frame-ancestors 'none'"},
		"thread, unasked": {Thread(nil), base + "form-action 'none'; frame-ancestors 'none'"},
		"thread": {Thread([]string{"https://a.example", "http://b.example:8000"}),
			base + "form-action 'none'; frame-ancestors https://a.example http://b.example:8000"},
		"form":  {Form(), base + "form-action 'self'; frame-ancestors 'none'"},
		"admin": {Admin(), base + "form-action 'self'; frame-ancestors 'none'; script-src 'self'; img-src 'self'"},
		"demo": {Demo("http://127.0.0.1:8080"), base + "form-action 'none'; frame-ancestors 'none'; " +
			"script-src http://127.0.0.1:8080; connect-src http://127.0.0.1:8080; " +
			"require-trusted-types-for 'script'; trusted-types 'none'"},
		"embed":               {Embed("https://c.example"), "script-src https://c.example; connect-src https://c.example"},
		"embed, slash":        {Embed("https://c.example/"), "script-src https://c.example; connect-src https://c.example"},
		"embed below a path":  {Embed("https://c.example/talk"), "script-src https://c.example/talk/; connect-src https://c.example/talk/"},
		"embed below a path/": {Embed("https://c.example/talk/"), "script-src https://c.example/talk/; connect-src https://c.example/talk/"},
	} {
		if diff := cmp.Diff(c.want, c.policy.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if strings.Contains(c.policy.String(), "unsafe") {
			t.Errorf("%s allows something unsafe", name)
		}
	}
}

func TestParsedPolicyIsWrittenInTheSameOrder(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":   "",
		" ;": "",
		"Default-Src  'none' ;script-src\thttps://a.example":   "default-src 'none'; script-src https://a.example",
		"upgrade-insecure-requests":                            "upgrade-insecure-requests",
		"img-src https://a.example; img-src https://b.example": "img-src https://a.example",
	} {
		p, err := Parse(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if p.String() != want {
			t.Errorf("%q: got %q, want %q", in, p, want)
		}
	}
	for _, in := range []string{"https://a.example", "img-src a,b", "script-src 'ä'"} {
		if p, err := Parse(in); err == nil {
			t.Errorf("%q was read as %q", in, p)
		}
	}
}

func TestMergeAllowsWhatEitherAllows(t *testing.T) {
	t.Parallel()
	embed := Embed("https://c.example")
	for in, want := range map[string]string{
		"":                                    "script-src https://c.example; connect-src https://c.example",
		"default-src 'none'":                  "default-src 'none'; script-src https://c.example; connect-src https://c.example",
		"default-src 'self'":                  "default-src 'self'; script-src 'self' https://c.example; connect-src 'self' https://c.example",
		"script-src 'self' https://c.example": "script-src 'self' https://c.example; connect-src https://c.example",
	} {
		p, err := Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Merge(embed).String(); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if p.String() != in {
			t.Errorf("Merge changed %q to %q", in, p)
		}
	}
	if got := (Policy{{"img-src", []string{none}}}).Merge(Policy{{"img-src", []string{none}}}).String(); got != "img-src 'none'" {
		t.Errorf("'none' and 'none' became %q", got)
	}
}

func TestWithReplacesOneDirective(t *testing.T) {
	t.Parallel()
	p := Feed()
	got := p.With("style-src", none).With("sandbox").String()
	want := "default-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if p.String() != Feed().String() {
		t.Errorf("With changed its receiver to %q", p)
	}
}

func TestErrorsNameTheDirective(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"default-src self":                  `directive 1, "default-src self": self without quotes is the name of a host; write 'self'`,
		"img-src *; https://a.example":      `directive 2, "https://a.example": "https://a.example" is not the name of a directive; names have letters and hyphens only`,
		"img-src *;; script-src a, img-src": `directive 3, "script-src a, img-src": the comma in "a," would end the policy; give one policy at a time, and write %2C in a path`,
		"script-src bücher.example":         `directive 1, "script-src bücher.example": "bücher.example" is not a value: it has a character that is not ASCII; write host names in Punycode`,
	} {
		if _, err := Parse(in); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", in, err, want)
		}
	}
}

func TestHeaderIsReadAsBrowsersDo(t *testing.T) {
	t.Parallel()
	got := ParseHeader("default-src 'self', script-src self; IMG-SRC *; img-src 'none'; ; ä b", "", " , form-action 'none'")
	var texts []string
	for _, p := range got {
		texts = append(texts, p.String())
	}
	if diff := cmp.Diff([]string{"default-src 'self'", "script-src self; img-src *", "form-action 'none'"}, texts); diff != "" {
		t.Error(diff)
	}
}

func TestMetaCannotCarryEverything(t *testing.T) {
	t.Parallel()
	p := Feed().With("report-to", "postil").With("report-uri", "https://r.example").With("sandbox")
	carried, lost := p.Meta()
	if carried.String() != "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'" ||
		lost.String() != "frame-ancestors 'none'; report-to postil; report-uri https://r.example; sandbox" {
		t.Errorf("carried %s, lost %s", carried, lost)
	}
	if diff := cmp.Diff(carried.String(), p.Without("frame-ancestors", "report-to", "report-uri", "sandbox").String()); diff != "" {
		t.Error(diff)
	}
}

func TestMiddlewareGivesEveryAnswerOnePolicy(t *testing.T) {
	t.Parallel()
	h := Middleware(Feed())(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/form" {
			w.Header().Set(Header, Form().String())
		}
	}))
	for path, want := range map[string]Policy{"/": Feed(), "/form": Form()} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if diff := cmp.Diff([]string{want.String()}, w.Header()[Header]); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("default-src 'none'; script-src https://a.example/x;; img-src *")
	f.Add("script-src 'strict-dynamic' 'nonce-a' 'sha384-b' https://*.a.example:*/b/; connect-src ws: a.example:80")
	f.Add("default-src 'self', frame-src [::1]:1 *: ://")
	self := &url.URL{Scheme: "https", Host: "blog.example"}
	f.Fuzz(func(t *testing.T, in string) {
		for _, p := range ParseHeader(in) {
			for _, way := range []string{ByScript, ByFrame, ByForm, ByInclude} {
				needs := Needs(way, "https://c.example", Request{Kind: Script, URL: below("https://c.example", "/x.js"), Nonce: "a", Integrity: "sha384-b"})
				admitted, _ := p.Admit(self, needs...)
				for _, n := range needs {
					for _, r := range n.Requests {
						if !admitted.Rule(self, r).Allowed {
							t.Fatalf("%q became %q, which still forbids %s", p, admitted, r.Kind)
						}
					}
				}
			}
		}
		p, err := Parse(in)
		if err != nil {
			return
		}
		again, err := Parse(p.String())
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", in, p, err)
		}
		if p.String() != again.String() {
			t.Fatalf("%q, read again: %q", p, again)
		}
	})
}
