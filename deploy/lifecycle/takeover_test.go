package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// named answers with a name, so that a test sees which process answers.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, name)
	})
}

// succeedOn starts a life that takes over from another.
func succeedOn(t *testing.T, old *running, cfg Config, handler http.Handler) *running {
	t.Helper()
	cfg.Control, cfg.Takeover = old.control, true
	return start(t, cfg, handler)
}

func TestTakeoverMovesIdleAndUnreadConnections(t *testing.T) {
	t.Parallel()
	old := start(t, Config{Timing: short(), Control: socketPath(t)}, named("old"))
	idlers := make([]*client, 50)
	for i := range idlers {
		idlers[i] = dial(t, old.base)
		if i%2 == 0 {
			idlers[i].ask(get) // the others have not said anything yet
		}
	}
	eventually(t, "accepted", func() bool { return old.Snapshot().Idle == len(idlers) })
	successor := succeedOn(t, old, Config{Timing: short()}, named("new"))
	if err := old.finish(t); err != nil {
		t.Error(err)
	}
	if got := old.states.String(); got != "ready closed handover close-idle stopped" {
		t.Error(got)
	}
	old.Close()
	for _, c := range idlers {
		if body, closing := c.ask(get); body != "new" || closing {
			t.Errorf("%q, closing %v", body, closing)
		}
	}
	if old.base != successor.base {
		t.Errorf("%s became %s", old.base, successor.base)
	}
	eventually(t, "all are adopted", func() bool { return successor.Snapshot().Adopted == int64(len(idlers)) })
	if o, s := old.Snapshot(), successor.Snapshot(); o.Moved != int64(len(idlers)) || s.Adopted != o.Moved {
		t.Errorf("moved %d, adopted %d", o.Moved, s.Adopted)
	}
}

// TestBusyConnectionsMoveWhenTheyFallIdle takes over while a request runs.
func TestBusyConnectionsMoveWhenTheyFallIdle(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	old := start(t, Config{Timing: short(), Control: socketPath(t)}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/slow" {
			close(entered)
			<-leave
		}
		io.WriteString(w, "old")
	}))
	c := dial(t, old.base)
	c.send(post("/slow", "x"))
	<-entered
	successor := succeedOn(t, old, Config{Timing: short()}, named("new"))
	eventually(t, "handover", func() bool { return old.State() == Handover })
	select {
	case <-successor.Alone():
		t.Error("alone while the old process answers")
	default:
	}
	close(leave)
	if _, body, closing := c.response(); body != "old" || closing {
		t.Errorf("%q %v", body, closing)
	}
	// A request that comes at once may be answered by the old process, which
	// has read its first byte already.
	eventually(t, "the new process answers", func() bool {
		body, closing := c.ask(get)
		return !closing && body == "new"
	})
	if err := old.finish(t); err != nil {
		t.Error(err)
	}
	old.Close()
}

// TestPipelinedRequestsAreNotTornApart hands over connections on which the
// next request has begun to arrive before the answer to the one before: the
// process that has read its beginning must answer it.
func TestPipelinedRequestsAreNotTornApart(t *testing.T) {
	t.Parallel()
	second := post("/", "two")
	line := strings.Index(second, "\n") + 1 // a whole line: net/http's buffer is empty after it
	for _, cut := range []int{1, 3, 4, 10, line, line + 9, len(second) - 1, len(second)} {
		t.Run(fmt.Sprint(cut), func(t *testing.T) {
			t.Parallel()
			entered, leave := make(chan struct{}, 2), make(chan struct{})
			old := start(t, Config{Timing: short(), Control: socketPath(t)}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				entered <- struct{}{}
				<-leave
				echo(w, r)
			}))
			c := dial(t, old.base)
			c.send(post("/", "one") + second[:cut])
			<-entered
			successor := succeedOn(t, old, Config{Timing: short()}, http.HandlerFunc(echo))
			close(leave)
			if _, body, _ := c.response(); body != "one" {
				t.Errorf("%q", body)
			}
			c.send(second[cut:])
			if _, body, _ := c.response(); body != "two" {
				t.Errorf("%q", body)
			}
			if body, _ := c.ask(post("/", "three")); body != "three" {
				t.Errorf("%q", body)
			}
			if err := old.finish(t); err != nil {
				t.Error(err)
			}
			eventually(t, "the connection is adopted", func() bool { return successor.Snapshot().Adopted == 1 })
			old.Close()
		})
	}
}

func TestNewcomerCommandsItsPredecessor(t *testing.T) {
	t.Parallel()
	leave := make(chan struct{})
	asked := make(chan string, 1)
	entered := make(chan struct{})
	old := start(t, Config{Timing: short(), Control: socketPath(t), Commands: map[string]Command{
		"release": func(_ context.Context, args map[string]string) (string, any, error) {
			asked <- args["upstream"]
			close(leave)
			return "released", nil, nil
		},
	}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		io.WriteString(w, "old")
	}))
	c := dial(t, old.base)
	c.send(get)
	<-entered
	successor := succeedOn(t, old, Config{Timing: short()}, named("new"))
	reply, err := successor.Predecessor().Ask(t.Context(), Request{Command: "release", Args: map[string]string{"upstream": "a"}})
	if err != nil || reply.Text != "released" || <-asked != "a" {
		t.Errorf("%+v %v", reply, err)
	}
	if _, body, _ := c.response(); body != "old" {
		t.Errorf("%q", body)
	}
	if err := old.finish(t); err != nil {
		t.Error(err)
	}
	old.Close()
}

// TestPredecessorsAnswersAreNotMixedUp asks again after nobody has waited for
// an answer: it comes first, and is not the one to the second question.
func TestPredecessorsAnswersAreNotMixedUp(t *testing.T) {
	t.Parallel()
	begun, answer, holding := make(chan struct{}), make(chan struct{}), atomic.Int64{}
	holding.Store(1) // or the process would end at once
	old := start(t, Config{Timing: short(), Control: socketPath(t), Held: func() int { return int(holding.Load()) }, Commands: map[string]Command{
		"hold": func(context.Context, map[string]string) (string, any, error) {
			close(begun)
			<-answer
			return "held", nil, nil
		},
		"release": func(context.Context, map[string]string) (string, any, error) { return "released", nil, nil },
	}}, named("old"))
	before := succeedOn(t, old, Config{Timing: short()}, named("new")).Predecessor()
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := before.Ask(ctx, Request{Command: "hold"})
		left <- err
	}()
	<-begun
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(answer)
	for range 2 {
		if reply, err := before.Ask(t.Context(), Request{Command: "release"}); err != nil || reply.Text != "released" {
			t.Errorf("%+v %v", reply, err)
		}
	}
	holding.Store(0)
	old.order(stop) // it looks again
	if err := old.finish(t); err != nil {
		t.Error(err)
	}
	old.Close()
}
