package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// watcher notes when each comment first stands in a page's published feed:
// the kernel tells when a new feed.xml is renamed into place.
type watcher struct {
	fd   int
	feed string

	mu      sync.Mutex
	found   map[string]time.Time
	changed chan struct{} // closed and replaced at each new feed
	err     error
}

// seenWithin bounds the wait for a comment to be published.
const seenWithin = 30 * time.Second

// watch begins with the page's folder in the output directory, which must
// exist.
func watch(public, page string) (*watcher, error) {
	folder := filepath.Join(public, "feeds", "blog.example", page)
	for deadline := time.Now().Add(seenWithin); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(filepath.Join(folder, "feed.xml")); err == nil {
			break
		} else if time.Now().After(deadline) {
			return nil, err
		}
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if _, err := unix.InotifyAddWatch(fd, folder, unix.IN_MOVED_TO); err != nil {
		return nil, err
	}
	w := &watcher{fd: fd, feed: filepath.Join(folder, "feed.xml"), found: map[string]time.Time{}, changed: make(chan struct{})}
	go w.follow()
	return w, nil
}

func (w *watcher) close() { unix.Close(w.fd) }

func (w *watcher) follow() {
	events := make([]byte, 64<<10)
	for {
		n, err := unix.Read(w.fd, events)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return // closed
		}
		if !bytes.Contains(events[:n], []byte("feed.xml\x00")) {
			continue
		}
		now := time.Now()
		text, err := os.ReadFile(w.feed)
		w.note(text, now, err)
	}
}

func (w *watcher) note(text []byte, now time.Time, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
	const mark = `id="comment-`
	for {
		_, rest, ok := bytes.Cut(text, []byte(mark))
		if !ok || len(rest) < 36 {
			break
		}
		id := string(rest[:36])
		if _, known := w.found[id]; !known {
			w.found[id] = now
		}
		text = rest
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *watcher) seen(id string) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found[id]
}

// wait returns once the comment has been published.
func (w *watcher) wait(id string) error {
	deadline := time.After(seenWithin)
	for {
		w.mu.Lock()
		_, ok := w.found[id]
		changed, err := w.changed, w.err
		w.mu.Unlock()
		if ok || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-deadline:
			return fmt.Errorf("comment %s was not published within %v", id, seenWithin)
		}
	}
}
