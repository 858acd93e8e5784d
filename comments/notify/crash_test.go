package notify_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
	"postil/comments/sqlite"
)

// Environment variables that make this test binary a courier, which sends
// what is due until it is killed.
const (
	childPath = "POSTIL_TEST_COURIER_DATABASE"
	childPort = "POSTIL_TEST_COURIER_PORT"
)

// childLease is long against any delay of the machine: who repeats a mail must
// do so after its first sender has given up.
const childLease = 2 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(childPath) == "" {
		os.Exit(m.Run())
	}
	if err := beCourier(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func beCourier() error {
	store, err := sqlite.Open(context.Background(), os.Getenv(childPath))
	if err != nil {
		return err
	}
	keys, err := comments.NewKeyring(make([]byte, comments.MinKey))
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(os.Getenv(childPort))
	if err != nil {
		return err
	}
	c := config(store, keys, notify.Mail{Host: "127.0.0.1", Port: port, From: "a@b.example", TLS: notify.NoTLS, Timeout: childLease / 4})
	c.Lease, c.Timeout, c.Retry = childLease, childLease/4, 100*time.Millisecond
	courier, err := notify.New(c)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	courier.Run(context.Background())
	return nil
}

// child is a courier in a process of its own.
func (w *world) child(path string) *exec.Cmd {
	w.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childPath+"="+path, childPort+"="+strconv.Itoa(w.sink.port()))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(w, err)
	must(w, cmd.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		w.Fatalf("the courier says %q: %v", line, err)
	}
	return cmd
}

// A courier is killed 20 times while mails are due, and some answers of the
// server are lost besides. Every mail arrives; what arrives again says so.
func TestKilledCouriersLoseNothingAndMarkWhatTheyRepeat(t *testing.T) {
	t.Parallel()
	const kills, total = 20, 200
	path := t.TempDir() + "/postil.db"
	w := newWorld(t, newSQLite(t, path))
	var err error
	w.keys, err = comments.NewKeyring(make([]byte, comments.MinKey))
	must(t, err)
	id := w.post("HOLD this", nil).Comment.ID
	w.moderator("mod", comments.MailEach)
	due := make([]comments.Delivery, total)
	for i := range due {
		due[i] = comments.Delivery{
			Site: blog, ID: w.id(), Channel: comments.ByMail, Target: "mod", Kind: comments.TellHeld,
			Comment: id, Event: int64(i + 1), State: comments.Waiting, Due: w.time(), Created: w.time(),
		}
	}
	must(t, w.store.Enqueue(t.Context(), due))
	arrived := make(chan struct{}, 10*total)
	w.sink.onTaken = func(arrival) { arrived <- struct{}{} }
	w.sink.plan(mod, losesAnswer, takes, takes, losesAnswer)
	for range kills {
		cmd := w.child(path)
		for range 1 + rand.N(6) { // dies at a random moment soon after so many
			waitFor(t, arrived)
		}
		<-time.After(rand.N(5 * time.Millisecond))
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
	if n := w.sink.count(); n >= total {
		t.Errorf("%d mails had arrived by the last kill: the couriers died with nothing to do", n)
	}
	last := w.child(path)
	eventually(t, "the outbox is empty", func() bool { return len(w.deliveries(comments.Waiting))+len(w.deliveries(comments.Sending)) == 0 })
	must(t, last.Process.Kill())
	_ = last.Wait()
	w.empty()
	countArrivals(t, w.sink, total)
}

func waitFor(t *testing.T, arrived <-chan struct{}) {
	t.Helper()
	select {
	case <-arrived:
	case <-time.After(patience):
		t.Fatal("no mail arrived")
	}
}

// countArrivals demands that so many mails came, and that the second and each
// further arrival of one is marked.
func countArrivals(t *testing.T, s *sink, want int) {
	t.Helper()
	times, repeated, marked := map[string]int{}, 0, 0
	for _, m := range s.to(mod) {
		id := m.header.Get("Message-ID")
		times[id]++
		mark := m.header.Get("X-Postil-Uncertain") == "yes"
		if mark {
			marked++
		}
		if times[id] > 1 {
			repeated++
			if !mark {
				t.Errorf("%s came %d times, and the last one does not say so", id, times[id])
			}
		}
	}
	if len(times) != want {
		t.Errorf("%d of %d mails arrived", len(times), want)
	}
	t.Logf("%d mails arrived, %d of them again; %d arrivals were marked", len(times), repeated, marked)
}
