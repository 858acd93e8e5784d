package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// imageStore holds images and containers of one test.
type imageStore struct {
	*testing.T
	roots []string
}

func newImageStore(t *testing.T) *imageStore {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can build an image without further set-up")
	}
	return &imageStore{t, []string{"--storage-driver", "vfs", "--root", filepath.Join(t.TempDir(), "root"), "--runroot", filepath.Join(t.TempDir(), "run")}}
}

// buildah runs on the store's images, and returns what it printed.
func (s *imageStore) buildah(args ...string) string {
	s.Helper()
	return strings.TrimSpace(string(said(s.T, nil, tool(s.T, "buildah"), append(s.roots[:len(s.roots):len(s.roots)], args...)...)))
}

// build makes an image of what stands for the Dockerfile's first stage, and
// returns its id: the digest of all that it holds. Of the forms, docker has the
// health check, and the name of the machine that has built it.
func (s *imageStore) build(stage, form, tag string) string {
	s.Helper()
	id := filepath.Join(s.TempDir(), "id")
	s.buildah("bud", "--format", form, "--isolation", "chroot", "--timestamp", "0", "--no-cache", "--iidfile", id,
		"--build-context", "build="+stage, "-t", tag, "-f", filepath.Join(deployed, "Dockerfile"), s.TempDir())
	text, err := os.ReadFile(id)
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

// stageCommand is what the first stage runs.
var stageCommand = regexp.MustCompile(`(?m)^RUN (.*)$`)

// firstStage runs what the Dockerfile's first stage runs, but for the download,
// in a folder of the source. It returns a folder in place of the stage's root,
// for the image that it is from cannot be had without a network.
func firstStage(t *testing.T, source string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(deployed, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	stage, ran := t.TempDir(), 0
	if err := os.Mkdir(filepath.Join(stage, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, m := range stageCommand.FindAllStringSubmatch(string(text), -1) {
		if m[1] != "go mod download" {
			said(t, nil, "sh", "-c", "cd "+source+" && "+strings.ReplaceAll(m[1], " /out", " "+filepath.Join(stage, "out")))
			ran++
		}
	}
	if ran < 3 {
		t.Fatalf("the Dockerfile runs only %d commands", ran)
	}
	return stage
}

// elsewhere copies the source, without what the image does not get either.
func elsewhere(t *testing.T) string {
	t.Helper()
	from, to := filepath.Join("..", ".."), t.TempDir()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules" || entry.Name() == "postil-data"):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// imageConfig is what a test reads of an image.
type imageConfig struct {
	Docker struct {
		Config struct {
			User        string
			Healthcheck struct{ Test []string }
			Entrypoint  []string
			Cmd         []string
		} `json:"config"`
	}
}

// TestImageHoldsNothingElse builds the image as the Dockerfile says, twice and
// in two places: it is the same.
func TestImageHoldsNothingElse(t *testing.T) {
	t.Parallel()
	s := newImageStore(t)
	stage := firstStage(t, filepath.Join("..", ".."))
	if first, second := s.build(stage, "oci", "first"), s.build(firstStage(t, elsewhere(t)), "oci", "second"); second != first {
		t.Errorf("the image is %s, and elsewhere %s", first, second)
	}
	s.build(stage, "docker", "postil")
	var i imageConfig
	if err := json.Unmarshal([]byte(s.buildah("inspect", "--type", "image", "postil")), &i); err != nil {
		t.Fatal(err)
	}
	c := i.Docker.Config
	timingOf(t, c.Cmd)
	if c.User != "65532:65532" || len(c.Entrypoint) != 1 || c.Entrypoint[0] != "/postil" {
		t.Errorf("%+v", c)
	}
	if h := c.Healthcheck.Test; len(h) < 3 || h[1] != "/postil" {
		t.Errorf("health check %v", h)
	} else if _, err := model(t).Parse(h[2:]); err != nil {
		t.Error(err)
	}
	var files []string
	root := s.buildah("mount", s.buildah("from", "postil"))
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, strings.TrimPrefix(path, root))
		}
		return err
	})
	if want := []string{"/etc/ssl/certs/ca-certificates.crt", "/postil"}; err != nil || !slices.Equal(files, want) {
		t.Errorf("it holds %v (%v), want %v", files, err, want)
	}
	s.checkContainer()
}

// podman runs on the same images.
func (s *imageStore) podman(args ...string) (string, error) {
	all := append(s.roots[:len(s.roots):len(s.roots)], "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "none")
	out, err := exec.Command(tool(s.T, "podman"), append(all, args...)...).CombinedOutput()
	return string(out), err
}

// checkContainer runs the image as it is to be run, with nothing that it can
// write to but its volume, and ends it as an orchestrator does.
func (s *imageStore) checkContainer() {
	s.Helper()
	out, err := s.podman("run", "-d", "--name", "postil", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
		"--network", "none", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000", "postil", "serve", "--data", "/data", "--site", "https://blog.example")
	if err != nil {
		s.Fatalf("%v: %s", err, out)
	}
	defer s.podman("rm", "-f", "-t", "0", "-v", "postil")
	eventually(s.T, "healthy", func() bool {
		out, err = s.podman("healthcheck", "run", "postil")
		return err == nil
	})
	for _, c := range [][]string{{"exec", "postil", "/postil", "prestop", "--data", "/data"}, {"stop", "-t", "30", "postil"}} {
		if out, err := s.podman(c...); err != nil {
			s.Errorf("%v: %v %s", c, err, out)
		}
	}
	if out, err := s.podman("inspect", "--format", "exit {{.State.ExitCode}}", "postil"); err != nil || !strings.Contains(out, "exit 0") {
		logs, _ := s.podman("logs", "postil")
		s.Errorf("%v: %s%s", err, out, logs)
	}
}

// TestComposeFileIsUnderstood by docker-compose.
func TestComposeFileIsUnderstood(t *testing.T) {
	t.Parallel()
	out := string(said(t, nil, tool(t, "docker-compose"), "-f", filepath.Join("..", "..", "docker-compose.yml"), "--profile", "caddy", "config"))
	for _, want := range []string{"service_healthy", "read_only: true", "dockerfile: deploy/Dockerfile", "stop_grace_period: 30s"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
}
