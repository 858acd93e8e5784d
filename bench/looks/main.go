package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"postil/bench/setup"
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
	program, err := setup.Build(ctx, dir)
	if err != nil {
		return err
	}
	look := &themes{}
	blog := httptest.NewServer(look)
	defer blog.Close()
	service, err := setup.Serve(ctx, program, dir, "looks", blog.URL)
	if err != nil {
		return err
	}
	defer service.Stop()
	look.service = service.Base
	if err := converse(service.Base, strings.TrimPrefix(blog.URL, "http://")); err != nil {
		return err
	}
	return photograph(ctx, blog.URL, args[0])
}
