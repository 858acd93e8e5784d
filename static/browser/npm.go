package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// installed are npm packages that a process has fetched for its tests.
type installed struct {
	mu  sync.Mutex
	dir string // empty until the first
	err error  // of the first
}

var fetched installed

// Package returns the folder of an npm package that package.json names beside
// this file, installed once by
//
//	npm --prefix static/browser install
//
// Where it is not installed, CI has npm fetch it and others do without.
func Package(t *testing.T, name string) string {
	t.Helper()
	home, err := home()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(home, "node_modules", name)
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	if os.Getenv("CI") == "" {
		t.Skipf("no %s; install it with: npm --prefix static/browser install", name)
	}
	dir, err := fetched.get(home)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "node_modules", name)
}

// home is the folder of this package's sources, seen from that of a test.
func home() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "static", "browser"), nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

// get fetches all packages, once.
func (i *installed) get(home string) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.dir == "" && i.err == nil {
		i.dir, i.err = install(home)
	}
	return i.dir, i.err
}

func install(home string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(home, "package.json"))
	if err != nil {
		return "", err
	}
	var wanted struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "npm")
	if err != nil {
		return "", err
	}
	args := []string{"install", "--no-save", "--no-audit", "--no-fund", "--prefix", dir}
	for name, version := range wanted.DevDependencies {
		args = append(args, name+"@"+version)
	}
	if out, err := exec.Command("npm", args...).CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("npm: %w: %s", err, out), os.RemoveAll(dir))
	}
	return dir, nil
}

// remove takes away what was fetched.
func (i *installed) remove() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.dir == "" {
		return nil
	}
	if err := os.RemoveAll(i.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
