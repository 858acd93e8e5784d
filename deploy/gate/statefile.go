package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// stateVersion is the version of the state file's form.
const stateVersion = 1

// savedState is the state file.
type savedState struct {
	Version int                  `json:"version"`
	Held    map[string]savedHold `json:"held"` // by the name of the upstream
}

type savedHold struct {
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`  // when a gate that fails open releases it
	Before int       `json:"before"` // requests under way when it began
}

// stateFile notes what is held. Each version of the file is whole, whatever
// happens while it is written.
type stateFile struct {
	path string
	mu   sync.Mutex
}

// load reads the file; without one, nothing is held.
func (f *stateFile) load() (savedState, error) {
	empty := savedState{Version: stateVersion, Held: map[string]savedHold{}}
	if f.path == "" {
		return empty, nil
	}
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return empty, fmt.Errorf("--state: %w", err)
	}
	var s savedState
	if err := json.Unmarshal(text, &s); err != nil {
		return empty, fmt.Errorf("--state: %s is damaged (%w); remove it if nothing is to be held, and start again", f.path, err)
	}
	if s.Version != stateVersion {
		return empty, fmt.Errorf("--state: %s has version %d and this program knows %d; remove it if nothing is to be held, or run the program that wrote it", f.path, s.Version, stateVersion)
	}
	if s.Held == nil {
		s.Held = empty.Held
	}
	return s, nil
}

// change reads, changes and writes the file: two processes of a takeover do so
// one after the other, on command.
func (f *stateFile) change(change func(map[string]savedHold)) error {
	if f.path == "" {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.load()
	if err != nil {
		return err
	}
	change(s.Held)
	err = f.write(s)
	if err != nil && len(s.Held) == 0 && os.Remove(f.path) == nil { // says the same, on a full disk too
		err = syncDir(filepath.Dir(f.path))
	}
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	return nil
}

// write replaces the file: temporary file, fsync, rename, fsync of the
// directory.
func (f *stateFile) write(s savedState) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(f.path)
	t, err := os.CreateTemp(dir, filepath.Base(f.path)+".*")
	if err != nil {
		return err
	}
	_, err = t.Write(append(text, '\n'))
	err = errors.Join(err, t.Sync(), t.Close())
	if err == nil {
		err = os.Rename(t.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(t.Name()))
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
