package csp

import (
	"net/url"
	"testing"
)

func address(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The rules are those of CSP3 §6.7.2.8 to §6.7.2.12, in that order.
func TestSourceMatchesAddress(t *testing.T) {
	t.Parallel()
	const blog, plain = "https://blog.example", "http://blog.example"
	for _, c := range []struct {
		source, self, url string
		want              bool
	}{
		{"*", blog, "https://a.example/x", true},
		{"*", blog, "http://a.example/x", true},
		{"*", blog, "data:text/plain,x", false},
		{"*", blog, "blob:https://blog.example/1", false},
		{"data:", blog, "data:text/plain,x", true},
		{"https:", blog, "https://a.example:8443/x", true},
		{"https:", blog, "http://a.example/x", false},
		{"http:", blog, "https://a.example/x", true},
		{"HTTP:", blog, "https://a.example/x", true},
		{"ws:", blog, "wss://a.example/", true},
		{"wss:", blog, "ws://a.example/", false},

		{"a.example", blog, "https://a.example/x", true},
		{"a.example", blog, "http://a.example/x", false},
		{"a.example", plain, "http://a.example/x", true},
		{"a.example", plain, "https://a.example/x", true},
		{"A.Example", blog, "https://a.EXAMPLE/x", true},
		{"https://a.example", blog, "https://a.example/x", true},
		{"https://a.example", plain, "http://a.example/x", false},
		{"http://a.example", blog, "https://a.example/x", true},
		{"https://a.example", blog, "https://b.a.example/x", false},
		{"https://b.example", blog, "https://a.example/x", false},

		{"*.example", blog, "https://a.example/", true},
		{"*.example", blog, "https://b.a.example/", true},
		{"*.a.example", blog, "https://a.example/", false},
		{"https://*.a.example:*", blog, "https://b.a.example:9/", true},
		{"https://*", blog, "https://a.example/", true},
		{"https://127.0.0.1:8080", blog, "https://127.0.0.1:8080/", true},
		{"https://192.0.2.1", blog, "https://192.0.2.1/", false},
		{"https://[::1]", blog, "https://[::1]/", false},

		{"https://a.example:443", blog, "https://a.example/", true},
		{"https://a.example", blog, "https://a.example:443/", true},
		{"https://a.example:8443", blog, "https://a.example:8443/", true},
		{"https://a.example", blog, "https://a.example:8443/", false},
		{"https://a.example:8443", blog, "https://a.example/", false},
		{"https://a.example:*", blog, "https://a.example:8443/", true},
		{"a.example:*", blog, "https://a.example/", true},
		{"https://a.example:x", blog, "https://a.example/", false},

		{"https://a.example/", blog, "https://a.example", true},
		{"https://a.example/", blog, "https://a.example/x", true},
		{"https://a.example/talk/", blog, "https://a.example/talk/x/y", true},
		{"https://a.example/talk/", blog, "https://a.example/talk", false},
		{"https://a.example/talk", blog, "https://a.example/talk", true},
		{"https://a.example/talk", blog, "https://a.example/talk/x", false},
		{"https://a.example/Talk", blog, "https://a.example/talk", false},
		{"https://a.example/t%61lk", blog, "https://a.example/talk", true},
		{"https://a.example/a%3Bb", blog, "https://a.example/a;b", true},
		{"https://a.example/talk", blog, "https://a.example/talk?q=1", true},

		{"'self'", blog, "https://blog.example/x", true},
		{"'SELF'", blog, "https://blog.example/x", true},
		{"'self'", blog, "http://blog.example/x", false},
		{"'self'", plain, "https://blog.example/x", true},
		{"'self'", plain, "ws://blog.example/x", true},
		{"'self'", blog, "wss://blog.example/x", true},
		{"'self'", blog, "https://blog.example:8443/x", false},
		{"'self'", "http://blog.example:8080", "https://blog.example:8080/x", true},
		{"'self'", "http://blog.example:8080", "https://blog.example/x", false},
		{"'self'", blog, "https://www.blog.example/x", false},

		{"'none'", blog, "https://blog.example/x", false},
		{"'unsafe-inline'", blog, "https://blog.example/x", false},
		{"'nonce-a'", blog, "https://blog.example/x", false},
		{"self", blog, "https://blog.example/x", false},
	} {
		if got := matches(c.source, address(t, c.self), address(t, c.url), false); got != c.want {
			t.Errorf("%s, of a document at %s, matches %s: %v", c.source, c.self, c.url, got)
		}
	}
	if !matches("https://a.example/one", address(t, blog), address(t, "https://a.example/two"), true) {
		t.Error("a path counts after a redirection")
	}
}

func TestPolicyRulesRequests(t *testing.T) {
	t.Parallel()
	self := address(t, "https://blog.example")
	script := Request{Kind: Script, URL: address(t, "https://c.example/postil.js"), Integrity: "sha384-AbC", Nonce: "n1"}
	dynamic := Request{Kind: Script, URL: address(t, "https://c.example/write.js"), Dynamic: true}
	kind := func(k string) Request { return Request{Kind: k, URL: script.URL} }
	for _, c := range []struct {
		policy    string
		request   Request
		allowed   bool
		directive string // the whole of it
		source    string
	}{
		{"", script, true, "", ""},
		{"img-src 'none'", script, true, "", ""},
		{"default-src 'none'", script, false, "default-src 'none'", ""},
		{"default-src", script, false, "default-src", ""},
		{"default-src 'none'; script-src https:", script, true, "script-src https:", "https:"},
		{"script-src https:; script-src-elem 'self'", script, false, "script-src-elem 'self'", ""},
		{"script-src 'self'; script-src-elem https:", script, true, "script-src-elem https:", "https:"},
		{"script-src 'none' https://c.example", script, true, "script-src 'none' https://c.example", "https://c.example"},
		{"script-src 'nonce-n1'", script, true, "script-src 'nonce-n1'", "'nonce-n1'"},
		{"script-src 'Nonce-n1'", script, true, "script-src 'Nonce-n1'", "'nonce-n1'"},
		{"script-src 'nonce-N1'", script, false, "script-src 'nonce-N1'", ""},
		{"script-src 'nonce-n1'", dynamic, false, "script-src 'nonce-n1'", ""},
		{"script-src 'sha384-AbC'", script, true, "script-src 'sha384-AbC'", "'sha384-AbC'"},
		{"script-src 'SHA384-AbC'", script, true, "script-src 'SHA384-AbC'", "'sha384-AbC'"},
		{"script-src 'sha384-abc'", script, false, "script-src 'sha384-abc'", ""},
		{"script-src 'strict-dynamic' https://c.example", script, false, "script-src 'strict-dynamic' https://c.example", "'strict-dynamic'"},
		{"script-src 'strict-dynamic' 'sha384-AbC'", script, true, "script-src 'strict-dynamic' 'sha384-AbC'", "'sha384-AbC'"},
		{"script-src 'strict-dynamic'", dynamic, true, "script-src 'strict-dynamic'", "'strict-dynamic'"},
		{"default-src 'strict-dynamic' https:", kind(Connect), true, "default-src 'strict-dynamic' https:", "https:"},

		{"child-src 'self'; default-src *", kind(Frame), false, "child-src 'self'", ""},
		{"child-src 'none'; frame-src *", kind(Frame), true, "frame-src *", "*"},
		{"default-src 'none'", kind(Connect), false, "default-src 'none'", ""},
		{"default-src 'none'", kind(FormAction), true, "", ""},
		{"default-src 'none'", kind(Ancestor), true, "", ""},
		{"form-action 'self'", kind(FormAction), false, "form-action 'self'", ""},
		{"style-src 'nonce-x'", Request{Kind: Style, URL: script.URL, Nonce: "x"}, true, "style-src 'nonce-x'", "'nonce-x'"},
		{"style-src 'sha384-AbC'", Request{Kind: Style, URL: script.URL, Integrity: "sha384-AbC"}, false, "style-src 'sha384-AbC'", ""},
		{"frame-ancestors https://c.example", kind(Ancestor), true, "frame-ancestors https://c.example", "https://c.example"},
		{"script-src 'none'", kind("worker-src"), false, "script-src 'none'", ""},
		{"script-src 'none'; child-src *", kind("worker-src"), true, "child-src *", "*"},
	} {
		got := ParseHeader(c.policy)
		if len(got) > 1 {
			t.Fatalf("%q is read as %v", c.policy, got)
		}
		r := append(got, nil)[0].Rule(self, c.request)
		directive := ""
		if r.Directive.Name != "" {
			directive = r.Directive.String()
		}
		if r.Allowed != c.allowed || directive != c.directive || r.Source != c.source {
			t.Errorf("%q about %s: %v by %q, %q", c.policy, c.request.Kind, r.Allowed, directive, r.Source)
		}
	}
	all := Request{Kind: Script, URL: script.URL, Integrity: "sha384-AbC sha256-xyz"}
	if (Policy{{"script-src", []string{"'sha384-AbC'"}}}).Rule(self, all).Allowed {
		t.Error("one of two hashes was enough")
	}
}

func TestSandboxIsRead(t *testing.T) {
	t.Parallel()
	if got := (Policy{{"sandbox", []string{"Allow-Scripts"}}}).Lacks(Permissions(ByScript)...); len(got) != 1 || got[0] != "allow-same-origin" {
		t.Errorf("got %v", got)
	}
	if got := Feed().Lacks(Permissions(ByScript)...); got != nil {
		t.Errorf("no sandbox lacks %v", got)
	}
}
