package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestCommittedFilesAreWhatTheSourcesSay(t *testing.T) {
	t.Parallel()
	built, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range built {
		got, err := os.ReadFile(filepath.Join("../dist", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("dist/%s is not what the sources make (%v); run: go generate ./static", name, err)
		}
	}
}

// maxBytes is what each part of the script may weigh on its way to a reader,
// with brotli, styles and texts included.
var maxBytes = map[string]int{"postil.js": 5000, "postil.write.js": 5000, "postil.more.js": 5000}

func TestScriptIsSmall(t *testing.T) {
	t.Parallel()
	built, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range built {
		made, err := twins(body)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes, %d with gzip, %d with brotli", name, len(body), len(made[".gz"]), len(made[".br"]))
		if n, limit := len(made[".br"]), maxBytes[name]; limit > 0 && n > limit {
			t.Errorf("%s takes %d bytes with brotli, more than %d", name, n, limit)
		}
	}
}

// The policies that the script must run under refuse these, or would if the
// browser knew better.
func TestScriptHasNoWayAroundThePolicies(t *testing.T) {
	t.Parallel()
	built, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{
		"innerHTML", "outerHTML", "insertAdjacentHTML", "DOMParser", "createContextualFragment", "document.write",
		"eval(", "Function(", "srcdoc", "createElement(\"style\"", "cssText", "document.cookie", "indexedDB",
	} {
		for name := range maxBytes {
			if bytes.Contains(built[name], []byte(word)) {
				t.Errorf("%s uses %s", name, word)
			}
		}
	}
	for name, body := range built {
		if i := strings.Index(string(body), "//# source"); i >= 0 {
			t.Errorf("%s refers to a source map", name)
		}
		for _, scheme := range []string{"url(", "@import", "@font-face"} {
			if bytes.Contains(body, []byte(scheme)) {
				t.Errorf("%s loads something: it has %s", name, scheme)
			}
		}
	}
}

func TestBuildSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, body := range map[string]string{
		"widget/element.ts":  "import './style.css'; const = 1",
		"widget/write.ts":    "",
		"widget/more.ts":     "",
		"widget/style.css":   "a {}",
		"styles/postil.css":  "a { color: red }",
		"locales/en.json":    "{}",
		"dist/something.txt": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bundle(dir); err == nil || !strings.Contains(err.Error(), "element.ts:1") {
		t.Errorf("got %v, want the place of the mistake", err)
	}
	if code := run(dir); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
}

// A name that is no longer there would hide that another took its place.
func TestShortenedNamesStandInTheSources(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../widget/*.ts")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	var sources []byte
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source...)
	}
	for _, name := range own {
		if used := regexp.MustCompile(`\b` + name + `\b`); !used.Match(sources) {
			t.Errorf("nothing is called %s", name)
		}
	}
}
