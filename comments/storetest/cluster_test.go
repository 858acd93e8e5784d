package storetest_test

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/comments/storetest"
)

const patience = 20 * time.Second // for what should come at once

// child is the environment variable that makes this test binary start a
// cluster, tell where, and wait for its own death.
const child = "POSTIL_TEST_CLUSTER_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) == "" {
		os.Exit(m.Run())
	}
	cluster, err := storetest.StartCluster("", storetest.Options{})
	if err != nil {
		os.Stdout.WriteString("error: " + err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString(cluster.Dir() + "\n")
	select {}
}

func TestPostgresGivesADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	if a, b := storetest.Postgres(t), storetest.Postgres(t); a == b {
		t.Errorf("got %s twice", a)
	}
}

// However the process of a test ends, its server goes with it.
func TestAServerDiesWithItsProcess(t *testing.T) {
	t.Parallel()
	storetest.Postgres(t) // skips where there is none
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	dir := strings.TrimSpace(line)
	if err != nil || !strings.HasPrefix(dir, "/") {
		t.Fatalf("the child says %q, %v", line, err)
	}
	postmaster, err := os.ReadFile(dir + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(postmaster), "\n")
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that it was killed
	await(t, "the server's files", dir)
	await(t, "the server", "/proc/"+pid)
}

// await returns once a path is gone.
func await(t *testing.T, what, path string) {
	t.Helper()
	timeout := time.After(patience)
	for {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-timeout:
			t.Fatalf("%s did not go away: %s", what, path)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestAStoppedClusterLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.Postgres(t) // skips where there is none
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil { // for the user whom the server runs as
		t.Fatal(err)
	}
	if err := os.Chmod(dir+"/..", 0o755); err != nil {
		t.Fatal(err)
	}
	cluster, err := storetest.StartCluster(dir, storetest.Options{Durable: true, Settings: []string{"work_mem=1MB"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Exec(t.Context(), "CREATE DATABASE another"); err != nil {
		t.Error(err)
	}
	if err := cluster.Stop(); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left are %v, %v", files, err)
	}
}
