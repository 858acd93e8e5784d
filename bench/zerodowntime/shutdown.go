package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"

	"postil/deploy/lifecycle"
)

// shutdownCommand is how this program is told to be the server that Postil is
// compared with.
const shutdownCommand = "plain-server"

// shutdownTimes: a comment takes as long as a small insert, and a stop as long
// as Postil's may.
const (
	insertTime   = 2 * time.Millisecond
	shutdownTime = 20 * time.Second
)

// plainServer is what most programs in Go do: serve until SIGTERM, then
// Shutdown. It notes each comment in a file before it answers.
func plainServer(file string) error {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	sockets, err := activation.ListenersWithNames()
	if err != nil {
		return err
	}
	stored, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer stored.Close()
	srv := &http.Server{Handler: plainHandler(stored), Protocols: new(http.Protocols)}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(sockets[lifecycle.Public][0]) }()
	if _, err := daemon.SdNotify(true, daemon.SdNotifyReady); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	ctx, over := context.WithTimeout(context.Background(), shutdownTime)
	defer over()
	return srv.Shutdown(ctx)
}

func plainHandler(stored io.Writer) http.Handler {
	page := []byte(strings.Repeat("<p>A page of comments.</p>\n", 100))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Write(page)
			return
		}
		var c struct {
			Body string `json:"body"`
		}
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		time.Sleep(insertTime)
		fmt.Fprintf(stored, `"source":%q`+"\n", c.Body)
		w.WriteHeader(http.StatusCreated)
	})
}
