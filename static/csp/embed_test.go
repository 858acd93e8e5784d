package csp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scripts are the two that the element loads.
func scripts(t *testing.T, service string) []Request {
	return []Request{
		{Kind: Script, URL: address(t, service+"/static/postil.1.js"), Integrity: "sha384-one"},
		{Kind: Script, URL: address(t, service+"/static/postil.write.2.js"), Integrity: "sha384-two", Dynamic: true},
	}
}

func TestAdmitAddsOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	const service = "https://c.example"
	for _, c := range []struct{ way, policy, want string }{
		{ByScript, "", ""},
		{ByScript, "img-src 'self'", "img-src 'self'"},
		{ByScript, "default-src https:", "default-src https:"},
		{ByScript, "default-src 'none'", "default-src 'none'; script-src https://c.example; connect-src https://c.example"},
		{ByScript, "default-src 'NONE'", "default-src 'NONE'; script-src https://c.example; connect-src https://c.example"},
		{ByScript, "default-src 'self'", "default-src 'self'; script-src 'self' https://c.example; connect-src 'self' https://c.example"},
		{ByScript, "script-src https://c.example", "script-src https://c.example"},
		{ByScript, "script-src https://c.example/static/", "script-src https://c.example/static/"},
		{ByScript, "script-src https://c.example/static/postil.1.js", "script-src https://c.example/static/postil.1.js https://c.example"},
		{ByScript, "script-src 'self'; script-src-elem 'self'", "script-src 'self'; script-src-elem 'self' https://c.example"},
		{ByScript, "script-src 'strict-dynamic' 'nonce-x'; connect-src *", "script-src 'strict-dynamic' 'nonce-x' 'sha384-one' 'sha384-two'; connect-src *"},
		{ByScript, "script-src 'sha384-one' 'sha384-two'; connect-src c.example", "script-src 'sha384-one' 'sha384-two'; connect-src c.example"},
		{ByScript, "connect-src https://c.example/feeds/", "connect-src https://c.example/feeds/ https://c.example"},
		{ByFrame, "default-src 'self'", "default-src 'self'; frame-src 'self' https://c.example"},
		{ByFrame, "child-src 'none'", "child-src 'none'; frame-src https://c.example"},
		{ByFrame, "frame-src *.example", "frame-src *.example"},
		{ByForm, "default-src 'none'", "default-src 'none'"},
		{ByForm, "form-action 'self'", "form-action 'self' https://c.example"},
		{ByForm, "form-action 'none'", "form-action https://c.example"},
		{ByInclude, "default-src 'self'", "default-src 'self'; style-src 'self' https://c.example"},
	} {
		p, err := Parse(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		self := address(t, "https://blog.example")
		needs := Needs(c.way, service, scripts(t, service)...)
		got, changes := p.Admit(self, needs...)
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s, %q (-want +got):\n%s", c.way, c.policy, diff)
		}
		if p.String() != c.policy {
			t.Errorf("%q was changed to %q", c.policy, p)
		}
		again, _ := got.Admit(self, needs...)
		if again.String() != got.String() {
			t.Errorf("%q, once more: %q", got, again)
		}
		for _, change := range changes {
			if len(change.Added) > 0 && !strings.Contains(got.String(), change.Directive+" ") {
				t.Errorf("%q: said to have changed %s", got, change.Directive)
			}
		}
	}
}

func TestAdmitSaysWhy(t *testing.T) {
	t.Parallel()
	p, err := Parse("default-src 'self'; connect-src https:")
	if err != nil {
		t.Fatal(err)
	}
	_, changes := p.Admit(address(t, "https://blog.example"), Needs(ByScript, "https://c.example", scripts(t, "https://c.example")...)...)
	if c := changes[0]; c.Directive != "script-src" || c.From != "default-src" || len(c.Added) != 1 || c.Met != "" {
		t.Errorf("script: %+v", c)
	}
	if c := changes[1]; c.Directive != "connect-src" || c.From != "" || c.Added != nil || c.Met != "https:" {
		t.Errorf("requests: %+v", c)
	}
}

func TestSourceCannotEndThePolicy(t *testing.T) {
	t.Parallel()
	if got := SourceOf("https://c.example/a;b,c'd"); got != "https://c.example/a%3Bb%2Cc%27d/" {
		t.Error(got)
	}
}
