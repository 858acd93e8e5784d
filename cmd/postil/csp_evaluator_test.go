package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/static/csp"
)

// evaluator returns the folder of Google's csp_evaluator, installed once by
//
//	npm --prefix static/csp install
//
// Where it is not installed, CI has npm fetch it and others do without.
func evaluator(dir string) (string, error) {
	folder, err := filepath.Abs("../../static/csp")
	if err != nil {
		return "", err
	}
	const module = "node_modules/csp_evaluator"
	if _, err := os.Stat(filepath.Join(folder, module)); !errors.Is(err, fs.ErrNotExist) || os.Getenv("CI") == "" {
		return filepath.Join(folder, module), err
	}
	raw, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "", err
	}
	var wanted struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return "", err
	}
	out, err := exec.Command("npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir,
		"csp_evaluator@"+wanted.DevDependencies["csp_evaluator"]).CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return filepath.Join(dir, module), nil
}

// evaluate is run by node. It prints, for each policy, what is worse than a
// maybe; greater numbers are less severe.
const evaluate = `
const [folder] = process.argv.slice(1)
const { CspEvaluator } = require(folder)
const { CspParser } = require(folder + '/dist/parser')
const { Severity } = require(folder + '/dist/finding')
const policies = JSON.parse(require('fs').readFileSync(0))
console.log(JSON.stringify(policies.map(text => new CspEvaluator(new CspParser(text).csp).evaluate()
  .filter(f => f.severity < Severity.HIGH_MAYBE)
  .map(f => f.directive + ' ' + (f.value ?? '') + ': ' + f.description))))`

// findings are what the evaluator has against each policy.
func findings(t *testing.T, policies []string) (all [][]string) {
	t.Helper()
	folder, err := evaluator(t.TempDir())
	if err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("no csp_evaluator; install it with: npm --prefix static/csp install")
		}
		t.Fatal(err)
	}
	input, err := json.Marshal(policies)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "-e", evaluate, folder)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := json.Unmarshal(out, &all); err != nil || len(all) != len(policies) {
		t.Fatalf("%v: %s", err, out)
	}
	return all
}

// TestEvaluatorHasNothingAgainstOurPolicies is about all that are printed for
// blogs, and all that the service sends.
func TestEvaluatorHasNothingAgainstOurPolicies(t *testing.T) {
	t.Parallel()
	policies := []string{"script-src *"} // which it must mind
	for _, p := range printedPolicies(t) {
		policies = append(policies, p.policy)
	}
	for _, p := range []csp.Policy{csp.Closed(), csp.Feed(), csp.Thread([]string{"https://blog.example"}), csp.Form(), csp.Admin(), csp.Demo("https://c.example")} {
		policies = append(policies, p.String())
	}
	for i, found := range findings(t, policies) {
		switch {
		case i == 0 && len(found) == 0:
			t.Error("the evaluator finds nothing wrong with a broken policy")
		case i > 0 && len(found) > 0:
			t.Errorf("%s\n  %s", policies[i], strings.Join(found, "\n  "))
		}
	}
}

// TestServiceSendsExactlyTheseHeaders asks a running service for each kind of
// answer. What is no document of its own has the policy that allows nothing.
func TestServiceSendsExactlyTheseHeaders(t *testing.T) {
	t.Parallel()
	p := serveProgram(t, "--data", t.TempDir(), "--site", "https://blog.example", "--url", "https://c.example")
	closed := func(form, ancestors string) string {
		return "default-src 'none'; style-src 'self'; base-uri 'none'; form-action " + form + "; frame-ancestors " + ancestors
	}
	feed, form := closed("'none'", "'none'"), closed("'self'", "'none'")
	admin := form + "; script-src 'self'; img-src 'self'"
	for path, want := range map[string]string{
		"/":                                    feed,
		"/livez":                               feed,
		"/readyz":                              feed,
		"/nothing":                             form, // a page that says so
		"/api/v1/counts?site=blog.example":     feed,
		"/api/v1/challenge?site=none":          feed,
		"/feeds/blog.example/post/feed.xml":    feed,
		"/feeds/blog.example/post/thread.html": closed("'none'", "https://blog.example"),
		"/sites/blog.example/latest.xml":       feed,
		"/comment?site=blog.example&page=/":    form,
		"/comment?site=none&page=/":            form,
		"/privacy?site=blog.example":           form,
		"/follow/blog.example/x/y":             form,
		"/admin/":                              admin,
		"/admin/icon.svg":                      admin,
		"/moderate":                            admin,
		"/postil.js":                           "",
		"/postil.css":                          "",
		"/feeds/blog.example/post/thread.json": "",
	} {
		request, err := http.NewRequest(http.MethodGet, p.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/html")
		resp, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		wanted := []string{want}
		if want == "" {
			wanted = nil
		}
		if diff := cmp.Diff(wanted, resp.Header[csp.Header]); diff != "" {
			t.Errorf("%s, %d: %s", path, resp.StatusCode, diff)
		}
	}
}
