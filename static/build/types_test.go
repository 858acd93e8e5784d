package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// esbuild drops types without reading them; this reads them. Installed once by
//
//	npm --prefix static/widget install
//
// it can also be run by npm --prefix static/widget run check.
func TestTypesAreRight(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../widget", "../admin"} {
		command := typeChecker(t)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v in %s: %v\n%s", command.Args, dir, err, out)
		}
	}
}

// typeChecker finds TypeScript's compiler. Where it is not installed, CI has
// npm fetch it and others do without.
func typeChecker(t *testing.T) *exec.Cmd {
	t.Helper()
	for _, name := range []string{"../widget/node_modules/.bin/tsc", "tsc"} {
		if path, err := exec.LookPath(name); err == nil {
			absolute, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			return exec.Command(absolute, "--project", ".")
		}
	}
	if os.Getenv("CI") == "" {
		t.Skip("no tsc; install it with: npm --prefix static/widget install")
	}
	raw, err := os.ReadFile("../widget/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var wanted struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(raw, &wanted); err != nil {
		t.Fatal(err)
	}
	return exec.Command("npm", "exec", "--yes", "--package", "typescript@"+wanted.DevDependencies["typescript"], "--", "tsc", "--project", ".")
}
