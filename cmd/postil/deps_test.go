package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the picture of ARCHITECTURE.md: what each package of ours may
// import of ours. A package that is not listed fails the test.
var mayImport = map[string][]string{
	"postil/cmd/postil":               {"*"},
	"postil/comments":                 {},
	"postil/comments/admin":           {"postil/comments", "postil/comments/network", "postil/static", "postil/static/csp"},
	"postil/comments/markup":          {"postil/comments"},
	"postil/comments/network":         {},
	"postil/comments/notify":          {"postil/comments", "postil/static"},
	"postil/comments/postgres":        {"postil/comments", "postil/migrate/schema"},
	"postil/comments/spam":            {"postil/comments"},
	"postil/comments/sqlite":          {"postil/comments", "postil/migrate/schema"},
	"postil/comments/storetest":       {"postil/comments", "postil/migrate/schema"},
	"postil/comments/web":             {"postil/comments", "postil/comments/network", "postil/static", "postil/static/csp"},
	"postil/feeds":                    {"postil/comments", "postil/static", "postil/static/csp"},
	"postil/deploy/doctor":            {"postil/static/csp"},
	"postil/deploy/gate":              {"postil/deploy/lifecycle"},
	"postil/deploy/lifecycle":         {},
	"postil/deploy/lifecycle/manager": {},
	"postil/deploy/nap":               {},
	"postil/migrate":                  {"postil/comments"},
	"postil/migrate/schema":           {},
	"postil/static":                   {},
	"postil/static/browser":           {"postil/static", "postil/static/csp"},
	"postil/static/build":             {"postil/static"},
	"postil/static/csp":               {},
	"postil/bench":                    {"*"},
	"postil/bench/looks":              {"postil/bench/setup", "postil/static"},
	"postil/bench/setup":              {},
	"postil/bench/zerodowntime":       {"*"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Standard"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestPackagesImportOnlyWhatTheArchitectureAllows(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t, "postil/...") {
		allowed, known := mayImport[p.ImportPath]
		if !known {
			t.Errorf("%s is not in the picture: add it to ARCHITECTURE.md and to mayImport", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "postil/") && !slices.Contains(allowed, imported) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestDomainImportsTheStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t, "-deps", "postil/comments") {
		if !p.Standard && p.ImportPath != "postil/comments" {
			t.Errorf("postil/comments depends on %s", p.ImportPath)
		}
	}
}

func TestProgramLinksNoTestCodeAndNoBuildTool(t *testing.T) {
	t.Parallel()
	foreign := []string{"testing", "net/http/httptest", "postil/comments/storetest", "postil/static/browser", "postil/static/build", "postil/bench/setup"}
	for _, p := range goList(t, "-deps", "postil/cmd/postil") {
		if slices.Contains(foreign, p.ImportPath) || strings.Contains(p.ImportPath, "esbuild") ||
			strings.Contains(p.ImportPath, "chromedp") || strings.Contains(p.ImportPath, "testscript") {
			t.Errorf("the program links %s", p.ImportPath)
		}
	}
}
