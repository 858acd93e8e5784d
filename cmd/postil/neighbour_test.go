package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postil/comments/storetest"
)

// tries is how many commits before a migration are looked at: not each of them
// builds.
const tries = 5

// git asks about the history of this repository.
func git(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// before lists the commits before the newest migration, the newest first.
func before(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "migrate", "schema", "postgres", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	newest := "migrate/schema/postgres/" + filepath.Base(slices.Max(files))
	commit, err := git("log", "-1", "--diff-filter=A", "--format=%H^", "--", newest)
	if commit == "" && err == nil {
		commit = "HEAD" // it is being written
	}
	list := ""
	if err == nil {
		list, err = git("rev-list", fmt.Sprintf("--max-count=%d", tries), commit)
	}
	if err != nil {
		t.Fatalf("the history does not reach to before %s (%v): this clone is shallow; mend it with: git fetch --unshallow", newest, err)
	}
	return strings.Fields(list)
}

// previous builds the program as it was before the newest migration.
func previous(t *testing.T) string {
	t.Helper()
	if _, err := git("rev-parse", "--git-dir"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("without a history (%v) there is no release of before: test in a clone of the repository (git clone, without --depth)", err)
		}
		t.Skip("without a history there is no release of before; migrate/schema has its statements")
	}
	var said []byte
	for _, commit := range before(t) {
		dir := t.TempDir()
		name := filepath.Join(dir, "postil")
		build := exec.Command("sh", "-c", `git archive "$0" | tar -x -C "$1" && cd "$1" && go build -o postil-before ./cmd/postil && mv postil-before "$2"`, commit, dir, name)
		build.Dir = filepath.Join("..", "..")
		var err error
		if said, err = build.CombinedOutput(); err == nil {
			t.Logf("the program of before is of commit %.12s", commit)
			return name
		}
	}
	t.Fatalf("none of the %d commits before the newest migration builds:\n%s", tries, said)
	return ""
}

// neighbours are two releases on one database, as in the middle of a rollout.
type neighbours struct {
	old, next             *process
	oldFolder, nextFolder string // of the page's files
}

// seen demands that both publish a text.
func (n neighbours) seen(t *testing.T, text string) {
	t.Helper()
	for release, folder := range map[string]string{"the release before": n.oldFolder, "this release": n.nextFolder} {
		eventually(t, release+" publishes "+text, func() bool { return fileHas(filepath.Join(folder, "thread.json"), text) })
	}
}

// TestTwoReleasesServeOneDatabase rolls out this release beside the one before
// the newest migration. Both take comments and publish those of both, what one
// took the other lets be edited and deleted, and the one of before can even be
// started once more.
func TestTwoReleasesServeOneDatabase(t *testing.T) {
	t.Parallel()
	name, dsn := previous(t), storetest.Postgres(t)
	oldData, nextData := t.TempDir(), t.TempDir()
	startOld := func() *process {
		return startBinary(t, name, "serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--data", oldData, "--database", dsn,
			"--site", "https://blog.example", "--url", "https://comments.example", "--rate", "0")
	}
	page := func(data string) string { return filepath.Join(data, "public", "feeds", "blog.example", "post") }
	n := neighbours{old: startOld(), oldFolder: page(oldData), nextFolder: page(nextData)}
	first := n.old.post(t, "blog.example", "/post", "of before the rollout")
	if key, err := os.ReadFile(filepath.Join(oldData, "secret.key")); err != nil || os.WriteFile(filepath.Join(nextData, "secret.key"), key, 0o600) != nil {
		t.Fatal(err)
	}
	if out, err := runProgram(t, "", "migrate", "--database", dsn); err != nil || !strings.HasPrefix(out, "Brought the tables from version ") {
		t.Fatalf("%v %s", err, out)
	}
	n.old.post(t, "blog.example", "/post", "to the one before on the new tables")
	n.next = serveProgram(t, "--data", nextData, "--database", dsn, "--url", "https://comments.example", "--rate", "0")
	n.seen(t, "of before the rollout")
	n.seen(t, "to the one before on the new tables")
	second := n.next.post(t, "blog.example", "/post", "to this release")
	n.seen(t, "to this release")
	n.crosswise(t, first, second)
	if code := n.old.stop(t); code != 0 {
		t.Errorf("the release before ended with %d", code)
	}
	n.old = startOld() // a rollout that is taken back
	n.old.post(t, "blog.example", "/post", "after all that")
	n.seen(t, "after all that")
	for _, p := range []*process{n.old, n.next} {
		if code := p.stop(t); code != 0 || strings.Contains(p.stderr.String(), "level=ERROR") {
			t.Errorf("exit %d\n%s", code, p.stderr)
		}
	}
}

// crosswise edits and deletes at one release what the other has taken.
func (n neighbours) crosswise(t *testing.T, first, second answer) {
	t.Helper()
	for _, c := range []struct {
		at   *process
		a    answer
		text string
	}{{n.next, first, "edited at this release"}, {n.old, second, "edited at the one before"}} {
		url, key := c.at.base+"/api/v1/comments/"+c.a.ID, "Bearer "+c.a.EditKey
		if status, a, err := call(http.MethodPatch, url, `{"body":"`+c.text+`"}`, "Authorization", key); status != http.StatusOK || err != nil {
			t.Errorf("%s: %d %+v %v", c.text, status, a, err)
		}
		n.seen(t, c.text)
		if status, a, err := call(http.MethodDelete, url, "", "Authorization", key); status != http.StatusNoContent || err != nil {
			t.Errorf("delete what was %s: %d %+v %v", c.text, status, a, err)
		}
		for _, folder := range []string{n.oldFolder, n.nextFolder} {
			eventually(t, "gone: "+c.text, func() bool { return !fileHas(filepath.Join(folder, "thread.json"), c.text) })
		}
	}
}
