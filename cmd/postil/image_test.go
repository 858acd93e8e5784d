package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestImageHoldsNothingElse builds the image as the Dockerfile says, with the
// program that its build stage would make.
func TestImageHoldsNothingElse(t *testing.T) {
	t.Parallel()
	buildah := tool(t, "buildah")
	if os.Getuid() != 0 {
		t.Skip("only root can build an image without further set-up")
	}
	dockerfile := filepath.Join(deployed, "Dockerfile")
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	stage := t.TempDir() // in place of the first stage, which needs the network
	data := filepath.Join(stage, "out", "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^RUN (CGO_ENABLED=0 go build .*) -o (\S+) \./cmd/postil`).FindSubmatch(text)
	if m == nil {
		t.Fatal("the Dockerfile builds nothing")
	}
	said(t, nil, "sh", "-c", string(m[1])+" -o "+filepath.Join(stage, string(m[2]))+" .")
	roots := []string{"--storage-driver", "vfs", "--root", filepath.Join(t.TempDir(), "root"), "--runroot", filepath.Join(t.TempDir(), "run")}
	run := func(args ...string) string {
		return strings.TrimSpace(string(said(t, nil, buildah, append(roots[:len(roots):len(roots)], args...)...)))
	}
	run("bud", "--format", "docker", "--isolation", "chroot", "--build-context", "build="+stage, "-t", "postil", "-f", dockerfile, t.TempDir())
	var image struct {
		Docker struct {
			Config struct {
				User        string
				Healthcheck struct{ Test []string }
				Entrypoint  []string
				Cmd         []string
			} `json:"config"`
		}
	}
	if err := json.Unmarshal([]byte(run("inspect", "--type", "image", "postil")), &image); err != nil {
		t.Fatal(err)
	}
	c := image.Docker.Config
	timingOf(t, c.Cmd)
	if c.User != "65532:65532" || len(c.Entrypoint) != 1 || c.Entrypoint[0] != "/postil" {
		t.Errorf("%+v", c)
	}
	if h := c.Healthcheck.Test; len(h) < 3 || h[1] != "/postil" {
		t.Errorf("health check %v", h)
	} else if _, err := model(t).Parse(h[2:]); err != nil {
		t.Error(err)
	}
	container := run("from", "postil")
	if out := run("run", "--isolation", "chroot", container, "--", "/postil", "site", "add", "https://blog.example", "--data", "/data"); !strings.Contains(out, "blog.example") {
		t.Errorf("%s", out)
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
