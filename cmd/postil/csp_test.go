package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/static"
	"postil/static/csp"
)

// runCSP runs the command in this process.
func runCSP(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"postil", "csp", "--service", "https://c.example"}, args...), nil, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestHeadersFilesMeanTheSame reads what is for Netlify and Cloudflare as they
// do.
func TestHeadersFilesMeanTheSame(t *testing.T) {
	t.Parallel()
	for _, style := range cspStyles {
		_, raw, _ := runCSP(t, "--style", style, "--format", "raw", "--report-to", "https://r.example/csp")
		want := rawFields(t, raw)
		if len(want) != 2 || want[0].value != `postil="https://r.example/csp"` || !strings.HasSuffix(want[1].value, "; report-uri https://r.example/csp; report-to postil") {
			t.Errorf("raw: %v", want)
		}
		for _, format := range []string{"netlify", "cloudflare"} {
			_, text, _ := runCSP(t, "--style", style, "--format", format, "--report-to", "https://r.example/csp")
			paths, err := readHeadersFile(text)
			if err != nil {
				t.Errorf("%s, %s: %v", format, style, err)
			}
			if diff := cmp.Diff(map[string][]field{"/*": want}, paths, cmp.AllowUnexported(field{})); diff != "" {
				t.Errorf("%s, %s: %s", format, style, diff)
			}
		}
	}
	for _, broken := range []string{"  Name: value", "/*\nName: value", "/*\n  Name value", "/*\n  Na me: value", "/*\n  Name: "} {
		if _, err := readHeadersFile(broken); err == nil {
			t.Errorf("the reader takes %q", broken)
		}
	}
}

// TestStandardOutputCanBePiped checks that explanations are elsewhere, or
// comments.
func TestStandardOutputCanBePiped(t *testing.T) {
	t.Parallel()
	code, out, errOut := runCSP(t, "--format", "raw", "--merge", "Content-Security-Policy: default-src 'self'; connect-src https:")
	const want = "Content-Security-Policy: default-src 'self'; connect-src https:; script-src 'self' https://c.example\n"
	if code != 0 || out != want {
		t.Errorf("%d\n got %s\nwant %s", code, out, want)
	}
	for _, words := range []string{"script-src: new, with https://c.example", "What default-src allows is repeated", "connect-src: nothing added, because https: allows"} {
		if !strings.Contains(errOut, words) {
			t.Errorf("standard error has no %q:\n%s", words, errOut)
		}
	}
	for _, format := range formats() {
		_, out, errOut := runCSP(t, "--format", format)
		if format != "raw" && errOut != "" {
			t.Errorf("%s: %s", format, errOut)
		}
		if !strings.Contains(out, "Content-Security-Policy") {
			t.Errorf("%s: %s", format, out)
		}
	}
	again, _, _ := strings.Cut(strings.TrimPrefix(want, "Content-Security-Policy: "), "\n")
	if _, out, errOut := runCSP(t, "--format", "raw", "--merge", again); out != want || strings.Contains(errOut, "new") || strings.Contains(errOut, "added h") {
		t.Errorf("merged again: %s%s", out, errOut)
	}
}

func TestStrictDynamicGetsHashes(t *testing.T) {
	t.Parallel()
	_, out, errOut := runCSP(t, "--format", "raw", "--merge", "script-src 'nonce-x' 'strict-dynamic'")
	want := "script-src 'nonce-x' 'strict-dynamic'"
	for _, script := range static.Scripts() {
		want += " '" + script.Integrity + "'"
	}
	want += "\n"
	if !strings.HasSuffix(out, want) || !strings.Contains(errOut, "after each upgrade") {
		t.Errorf("got %s%s, want %s", out, errOut, want)
	}
	_, hashed, _ := runCSP(t, "--format", "raw", "--hashes")
	if !strings.Contains(hashed, static.Hashed("postil.write.js").Integrity) || strings.Contains(hashed, "script-src 'self' https://c.example") {
		t.Errorf("--hashes: %s", hashed)
	}
}

// TestMetaSaysWhatItLeavesOut is for what browsers ignore there.
func TestMetaSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	_, out, _ := runCSP(t, "--format", "meta", "--report-to", "https://r.example", "--merge", "frame-ancestors 'none'; sandbox; img-src 'self' https://a.example/?a&b")
	tag := out[strings.Index(out, "<meta "):]
	if strings.Contains(tag, "frame-ancestors") || strings.Contains(tag, "report") || strings.Contains(tag, "sandbox") || !strings.Contains(tag, "?a&amp;b") {
		t.Errorf("%s", tag)
	}
	for _, words := range []string{"frame-ancestors: left out", "sandbox: left out", "--report-to: left out"} {
		if !strings.Contains(out, words) {
			t.Errorf("no %q in %s", words, out)
		}
	}
}

// TestSpecialCharactersAreQuoted is about what the configurations would take
// for something else; the policy means the same.
func TestSpecialCharactersAreQuoted(t *testing.T) {
	t.Parallel()
	const policy = `img-src https://a.example/$x/{y}/%41; script-src *; connect-src *`
	for format, want := range map[string]string{
		"nginx":  `"img-src https://a.example/%24x/{y}/%41; script-src *; connect-src *"`,
		"caddy":  `"img-src https://a.example/$x/%7By%7D/%41; script-src *; connect-src *"`,
		"apache": `"img-src https://a.example/%%24x/{y}/%%41; script-src *; connect-src *"`,
	} {
		if _, out, _ := runCSP(t, "--format", format, "--merge", policy); !strings.Contains(out, want) {
			t.Errorf("%s: no %s in %s", format, want, out)
		}
	}
}

func TestErrorsOfCSPNameTheFlag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args  []string
		words []string
	}{
		{[]string{"--service", "nowhere", "--style", "popup", "--format", "xml", "--report-to", "x", "--hashes"},
			[]string{"--service:", "--style:", "--format:", "--report-to:", "--hashes:", "script, frame, form, include", "guide, raw, nginx"}},
		{[]string{"--merge", "img-src *; script-src self"}, []string{"--merge: directive 2,", "write 'self'"}},
		{[]string{"--merge", "img-src *, script-src 'self'"}, []string{"--merge: directive 1,", "one policy at a time"}},
		{[]string{"--merge", " ; "}, []string{"--merge: there is no directive"}},
		{[]string{"--service", "https://b\u00fccher.example"}, []string{"--service:", "xn-- form"}},
		{[]string{"--service", "http://[::1]:8080"}, []string{"--service:", "give the service a host name"}},
		{[]string{"--report-to", "http://r.example"}, []string{"--report-to:", "https://"}},
	} {
		code, out, errOut := runCSP(t, c.args...)
		if code != exitUsage || out != "" {
			t.Errorf("%v: exit code %d, and on standard output %s", c.args, code, out)
		}
		for _, w := range c.words {
			if !strings.Contains(errOut, w) {
				t.Errorf("%v: no %q in %s", c.args, w, errOut)
			}
		}
	}
	long := "img-src https://" + strings.Repeat("a", maxCloudflareLine)
	if code, _, errOut := runCSP(t, "--format", "cloudflare", "--merge", long); code != exitFailed || !strings.Contains(errOut, "--format cloudflare") {
		t.Errorf("%d %s", code, errOut)
	}
}

// TestPrintedPoliciesAllowWhatTheyAreFor judges each by the rules of CSP3.
func TestPrintedPoliciesAllowWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, p := range printedPolicies(t) {
		got := csp.ParseHeader(p.policy)
		if len(got) != 1 {
			t.Fatalf("%q is %d policies", p.policy, len(got))
		}
		for _, n := range needsOf(p.style, "https://c.example", false) {
			for _, r := range n.Requests {
				if !got[0].Rule(&anyBlog, r).Allowed {
					t.Errorf("%s: %q forbids %s", p.style, p.policy, r.URL)
				}
			}
		}
	}
}

// printedPolicy is one that the command prints.
type printedPolicy struct{ style, policy string }

// printedPolicies are those of each style, with its variants.
func printedPolicies(t *testing.T) (all []printedPolicy) {
	t.Helper()
	for _, style := range cspStyles {
		variants := [][]string{nil, {"--merge", "default-src 'self'; object-src 'none'"}, {"--merge", "default-src 'none'; script-src 'nonce-cmFuZG9tIQ==' 'strict-dynamic'; base-uri 'none'"}}
		if style == csp.ByScript {
			variants = append(variants, []string{"--hashes"})
		}
		for _, v := range variants {
			_, raw, _ := runCSP(t, slices.Concat([]string{"--style", style, "--format", "raw"}, v)...)
			all = append(all, printedPolicy{style, rawFields(t, raw)[0].value})
			_, guide, _ := runCSP(t, slices.Concat([]string{"--style", style}, v)...)
			_, after, _ := strings.Cut(guide, "nothing else:\n\n")
			strictest, _, found := strings.Cut(after, "\n")
			if !found {
				t.Fatalf("the guide has no strictest policy:\n%s", guide)
			}
			all = append(all, printedPolicy{style, strictest})
		}
	}
	return all
}
