package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postil/static/browser"
)

// within bounds every wait for a condition; it is generous because a slow
// machine is no failure.
const within = 30 * time.Second

// poll is the pause between two looks at a condition that nobody announces.
const poll = 5 * time.Millisecond

// eventually waits for a condition and fails naming it.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	deadline := time.After(within)
	for !condition() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// program builds the real binary once per test run.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "postil-test-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "postil")
	out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("build: %w\n%s", err, out)
	}
	return name, err
})

func TestMain(m *testing.M) {
	code := browser.Main(m)
	if name, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(code)
}

// process is a running "postil serve".
type process struct {
	cmd    *exec.Cmd
	base   string
	ops    string
	stdout *bytes.Buffer
	stderr *syncBuffer
}

// syncBuffer can be read while a process writes to it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serveProgram starts the binary on free ports and waits for its greeting.
func serveProgram(t *testing.T, args ...string) *process {
	t.Helper()
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"}, args...)
	p := &process{cmd: exec.Command(name, args...), stdout: &bytes.Buffer{}, stderr: &syncBuffer{}}
	p.cmd.Stderr = p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	p.greeting(t, out)
	return p
}

// greeting reads where the program listens.
func (p *process) greeting(t *testing.T, out io.Reader) {
	t.Helper()
	lines := bufio.NewScanner(io.TeeReader(out, p.stdout))
	for p.ops == "" && lines.Scan() {
		if name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), " "); ok && name == "Serving" {
			p.base = strings.TrimSpace(value)
		} else if ok && name == "Operations" {
			p.ops = strings.TrimSuffix(strings.TrimSpace(value), "/metrics")
		}
	}
	if p.ops == "" {
		p.cmd.Wait()
		t.Fatalf("serve did not start:\n%s%s", p.stdout, p.stderr)
	}
	go io.Copy(io.Discard, out) // lets the process print until it ends
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
}

// stop ends the process in order and returns its exit code.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if _, ok := errors.AsType[*exec.ExitError](p.cmd.Wait()); ok {
		t.Logf("serve said:\n%s", p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

// answer is what the API says about a comment.
type answer struct {
	ID      string `json:"id"`
	Status  any    `json:"status"` // of a comment a word, of a problem a number
	HTML    string `json:"html"`
	EditKey string `json:"edit_key"`
	Field   string `json:"field"`
	Detail  string `json:"detail"`
}

// call sends a JSON request; an empty body sends none.
func call(method, url, body string, header ...string) (int, answer, error) {
	var a answer
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, a, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &a)
	}
	return resp.StatusCode, a, err
}

// post sends a comment that must be accepted.
func (p *process) post(t *testing.T, site, page, body string) answer {
	t.Helper()
	text, err := json.Marshal(map[string]string{"site": site, "page": page, "name": "Ann", "body": body})
	if err != nil {
		t.Fatal(err)
	}
	status, a, err := call(http.MethodPost, p.base+"/api/v1/comments", string(text))
	if err != nil || status/100 != 2 {
		t.Fatalf("post: %d %+v %v", status, a, err)
	}
	return a
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// fileHas reports whether a published file holds a text now.
func fileHas(name, text string) bool {
	content, err := os.ReadFile(name)
	return err == nil && strings.Contains(string(content), text)
}
