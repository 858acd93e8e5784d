package static_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"postil/static"
	"postil/static/browser"
)

// typed is what somebody wrote into a field: it is given back as it was, right
// or wrong, which is no fault of the page.
var typed = regexp.MustCompile(` value="\s*&#34;&gt;&lt;script[^"]*"`)

// written writes every page into a folder and returns their files.
func written(t *testing.T, all map[string]func(io.Writer) error) (files []string) {
	t.Helper()
	dir := t.TempDir()
	for name, render := range all {
		var body bytes.Buffer
		if err := render(&body); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, strings.NewReplacer(", ", "-", " ", "-").Replace(name)+".html")
		if err := os.WriteFile(file, typed.ReplaceAll(body.Bytes(), nil), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func everyPage() map[string]func(io.Writer) error {
	all := maps.Clone(static.Pages())
	maps.Copy(all, static.AdminPages())
	all["broken"] = func(w io.Writer) error {
		_, err := io.WriteString(w, `<!DOCTYPE html><html lang="en"><head><title>Broken</title></head><body><p><h1>One</h1></p></body></html>`)
		return err
	}
	return all
}

// TestNuFindsNothing asks the checker of validator.nu, which is that of the
// W3C. Slashes at the end of void elements, of which it tells, are there on
// purpose: every page is well-formed XML too.
func TestNuFindsNothing(t *testing.T) {
	t.Parallel()
	jar := filepath.Join(browser.Package(t, "vnu-jar"), "build/dist/vnu.jar")
	command := exec.Command("java", append([]string{"-jar", jar, "--format", "json", "--stdout"}, written(t, everyPage())...)...)
	out, err := command.Output() // it fails where it finds something, and once it must
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	var answer struct {
		Messages []struct{ Type, SubType, Message, URL, Extract string }
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	broken := false
	for _, m := range answer.Messages {
		switch {
		case strings.HasSuffix(m.URL, "/broken.html"):
			broken = broken || m.Type == "error"
		case !strings.HasPrefix(m.Message, "Trailing slash on void elements"):
			t.Errorf("%s: %s %s: %s", filepath.Base(m.URL), m.Type, m.Message, m.Extract)
		}
	}
	if !broken {
		t.Error("nothing is wrong with a broken page")
	}
}

// TestHTMLValidateFindsNothing asks a stricter one. What it is told to let
// pass, in the file beside the browser's package, is how XML is written, and
// what HTML allows.
func TestHTMLValidateFindsNothing(t *testing.T) {
	t.Parallel()
	program := filepath.Join(browser.Package(t, "html-validate"), "bin/html-validate.mjs")
	command := exec.Command("node", append([]string{program, "--config", "browser/htmlvalidate.json", "--formatter", "json"}, written(t, everyPage())...)...)
	out, err := command.Output()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	var answer []struct {
		FilePath string
		Messages []struct{ RuleID, Message, Selector string }
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	broken := false
	for _, file := range answer {
		for _, m := range file.Messages {
			if strings.HasSuffix(file.FilePath, "/broken.html") {
				broken = true
				continue
			}
			t.Errorf("%s: %s: %s at %s", filepath.Base(file.FilePath), m.RuleID, m.Message, m.Selector)
		}
	}
	if !broken {
		t.Error("nothing is wrong with a broken page")
	}
}
