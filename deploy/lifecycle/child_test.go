package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"
)

// childConfig is what a server in a process of its own is told.
type childConfig struct {
	Timing   Timing
	Control  string
	Takeover bool
	FDStore  int
	Listen   string // of the public socket
	Ops      string // empty: none
	Sick     bool   // health fails
}

func (c childConfig) variable() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return childVariable + "=" + string(text)
}

// serveChild serves until it is told to stop, and answers each request with
// its process id and the request's body.
func serveChild(config string) int {
	var c childConfig
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return child(err)
	}
	health := func(context.Context) error { return nil }
	if c.Sick {
		health = func(context.Context) error { return errors.New("sick") }
	}
	l, err := Open(context.Background(), Config{Timing: c.Timing, Control: c.Control, Takeover: c.Takeover, FDStore: c.FDStore,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Health: health, Reload: func(context.Context) error { return nil }})
	if err != nil {
		return child(err)
	}
	for name, address := range map[string]string{Public: c.Listen, Ops: c.Ops} {
		if address == "" {
			continue
		}
		if _, err := l.Listen(name, address); err != nil {
			return child(err)
		}
		srv := &http.Server{Handler: http.HandlerFunc(answerWithProcess), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
		if err := l.Serve(name, srv); err != nil {
			return child(err)
		}
	}
	if err := l.Ready(context.Background()); err != nil {
		return child(errors.Join(err, l.Close()))
	}
	return child(errors.Join(l.Run(context.Background()), l.Close()))
}

func answerWithProcess(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	for _, name := range []string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC"} {
		if os.Getenv(name) != "" {
			body = append(body, " "+name+" is still set"...)
		}
	}
	fmt.Fprintf(w, "%d %s", os.Getpid(), body)
}

func child(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
