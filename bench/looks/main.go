package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "looks:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return errors.New("name the folder for the pictures, as in: go run ./bench/looks pictures")
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "postil-looks-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	service, stop, err := serve(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	blog := httptest.NewServer(themes{service})
	defer blog.Close()
	if err := addSite(ctx, dir, blog.URL); err != nil {
		return err
	}
	if err := converse(service, strings.TrimPrefix(blog.URL, "http://")); err != nil {
		return err
	}
	return photograph(ctx, blog.URL, args[0])
}

// program is the name of the binary in the temporary folder.
const program = "postil"

// serve builds the program and starts it, and returns its address.
func serve(ctx context.Context, dir string) (base string, stop func(), err error) {
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, program), "./cmd/postil")
	if out, err := build.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("%w\n%s", err, out)
	}
	free := httptest.NewServer(http.NotFoundHandler())
	base = free.URL
	free.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(dir, program), "serve", "--data", filepath.Join(dir, "data"),
		"--listen", strings.TrimPrefix(base, "http://"), "--ops-listen", "127.0.0.1:0", "--rate", "0", "--url", base)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	return base, func() { _ = cmd.Cancel(); _ = cmd.Wait() }, answers(ctx, base)
}

// startWithin bounds the start of the service.
const startWithin = 30 * time.Second

func answers(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		if response, err := http.Get(base + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the service did not start: %w", ctx.Err())
		}
	}
}

func addSite(ctx context.Context, dir, blog string) error {
	add := exec.CommandContext(ctx, filepath.Join(dir, program), "--data", filepath.Join(dir, "data"), "site", "add", blog, "--policy", "open")
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}
