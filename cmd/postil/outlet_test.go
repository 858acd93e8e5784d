package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNewcomerServesWhileTheProcessBeforeAnswers takes over while a request is
// still arriving. The process before keeps the output directory until that is
// answered; meanwhile the newcomer reads from it, takes what is written, and
// lets a deletion wait until it can be seen.
func TestNewcomerServesWhileTheProcessBeforeAnswers(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	args := []string{"--data", data, "--site", "https://blog.example", "--rate", "0"}
	old := serveProgram(t, append(args, "--drain-requests", "1m")...)
	base := loopback(old.base)
	first := old.post(t, "blog.example", "/load", "told to the first")
	onDisk(t, filepath.Join(data, "public", "feeds", "blog.example", "load"), first.ID)
	slow := dialWriter(t, base)
	body := `{"site":"blog.example","page":"/load","body":"slow"}`
	fmt.Fprintf(slow, "POST /api/v1/comments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:9])
	eventually(t, "the request is open", func() bool {
		reply, _ := askProgram(t, data, "status")
		return reply.Snapshot.Requests == 1
	})
	next := serveProgram(t, append(args, "--takeover", "--listen", strings.TrimPrefix(base, "http://"))...)
	if reply, _ := askProgram(t, data, "status"); !reply.Snapshot.Replacing {
		t.Fatal("the process before has ended: the test proves nothing")
	}
	if status, text := get(t, base+"/feeds/blog.example/load/thread.json"); status != http.StatusOK || !strings.Contains(text, first.ID) {
		t.Errorf("reading: %d", status)
	}
	second := next.post(t, "blog.example", "/load", "told to the second")
	deleted := make(chan int, 1)
	go func() {
		status, _, _ := call(http.MethodDelete, base+"/api/v1/comments/"+first.ID, "", "Authorization", "Bearer "+first.EditKey)
		deleted <- status
	}()
	eventually(t, "the process before publishes what the newcomer has deleted", func() bool {
		_, text := get(t, base+"/feeds/blog.example/load/thread.json")
		return !strings.Contains(text, "told to the first") && strings.Contains(text, second.ID)
	})
	fmt.Fprint(slow, body[9:])
	if status, _, _, err := slow.answer(); status != http.StatusCreated || err != nil {
		t.Errorf("%d %v", status, err)
	}
	if status := <-deleted; status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	select {
	case <-old.silent:
	case <-time.After(within):
		t.Fatal("the process before does not end")
	}
	third := next.post(t, "blog.example", "/load", "told to the last")
	eventually(t, "published", func() bool { return published(data, "/load", third.ID) })
	if code := next.stop(t); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
}
