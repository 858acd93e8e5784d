package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// upstreamCommand is how this program is told to be what stands behind a gate.
const upstreamCommand = "upstream"

// number is the header with a request's place in the order of sending.
const number = "X-Number"

// upstream notes the order in which requests reach it, and how many are under
// way. A request's path says how many milliseconds it takes.
func upstream(address, file string) error {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	notes, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer notes.Close()
	var now atomic.Int64
	var order sync.Mutex
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		order.Lock()
		fmt.Fprintf(notes, "%s %d\n", r.Header.Get(number), now.Add(1))
		order.Unlock()
		defer now.Add(-1)
		ms, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		time.Sleep(time.Duration(ms) * time.Millisecond)
		fmt.Fprintln(w, "done")
	})}
	fmt.Println("Serving http://" + l.Addr().String())
	fmt.Println("Operations none/metrics")
	go srv.Serve(l)
	<-stop.Done()
	ctx, over := context.WithTimeout(context.Background(), shutdownTime)
	defer over()
	return srv.Shutdown(ctx)
}

// behind is an upstream as the load process sees it.
type behind struct {
	dir, at string
	process *child
}

func newBehind(dir string) (*behind, error) {
	u := &behind{dir: dir, at: freeAddress()}
	return u, u.up()
}

func (u *behind) file() string { return filepath.Join(u.dir, "arrivals") }

func (u *behind) up() error {
	own, err := os.Executable()
	if err != nil {
		return err
	}
	u.process, _, _, err = serve(filepath.Join(u.dir, "upstream.log"), exec.Command(own, upstreamCommand, u.at, u.file()))
	return err
}

// arrivals reads which numbers have come, in their order, and how many were
// under way at most. Those without a number are not counted.
func (u *behind) arrivals() (numbers []int, most int, err error) {
	f, err := os.Open(u.file())
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var n, now int
		if _, err := fmt.Sscan(s.Text(), &n, &now); err == nil && strings.Count(s.Text(), " ") == 1 {
			numbers, most = append(numbers, n), max(most, now)
		}
	}
	return numbers, most, nil
}

// forget drops what has been noted so far.
func (u *behind) forget() error { return os.Truncate(u.file(), 0) }
