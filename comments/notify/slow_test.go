package notify_test

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

func TestOneSlowTargetDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"), func(c *notify.Config) { c.Now = time.Now })
	slow, quick := newHook(t), newHook(t)
	free := make(chan struct{})
	slow.answers(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-free:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(free) })
	// Two names for the same machine, so that each has its lane.
	w.settings(func(s *comments.Settings) {
		s.Webhooks = []string{slow.URL, fmt.Sprintf("http://localhost:%s/", quick.URL[len("http://127.0.0.1:"):])}
		s.Allow = []string{"127.0.0.1", "localhost"}
	})
	run(t, w.courier)
	const posts = 100
	for range posts {
		w.post("published", nil)
	}
	w.courier.Nudge()
	eventually(t, "the quick webhook has got all", func() bool { return len(quick.got()) == posts })
	if n := len(slow.got()); n > 4 {
		t.Errorf("the slow webhook got %d calls at once", n)
	}
}

func TestLongAnswersAreNotReadToTheirEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"), func(c *notify.Config) { c.Timeout = 5 * time.Second })
	h := newHook(t)
	w.hooked(h)
	var sent atomic.Int64
	h.answers(func(rw http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			n, err := io.WriteString(rw, "all work and no play makes jack a dull boy\n")
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	w.post("published", nil)
	w.flush()
	w.empty()
	if n := sent.Load(); n > 64<<20 {
		t.Errorf("%d bytes were taken", n)
	}
}

func TestACallWhoseAnswerIsLostIsUnsure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	h.answers(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	w.post("published", nil)
	w.flush()
	if d := w.only(comments.Waiting); !d.Unsure || d.Error != "it broke the connection off" {
		t.Errorf("%+v", d)
	}
	h.answers(nil)
	w.pass(time.Minute)
	w.flush()
	w.empty()
	if c := h.got(); len(c) != 2 || c[0].header.Get("webhook-id") != c[1].header.Get("webhook-id") {
		t.Errorf("%d calls", len(c))
	}
}
