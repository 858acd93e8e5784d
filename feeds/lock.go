package feeds

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// ErrLocked says that another process publishes into the directory. Two would
// overwrite newer files with older ones.
var ErrLocked = errors.New("the output directory is in use")

// lockDir takes the lock of an output directory; the kernel gives it back when
// the file is closed or the process ends, however it ends.
func lockDir(root *os.Root) (*os.File, error) {
	f, err := root.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(f, 200)) // empty on failure
		return nil, errors.Join(refusal(err, root.Name(), strings.TrimSpace(string(holder))), f.Close())
	}
	if err := signLock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// unlockDir gives the lock back. Closing the file alone would not do it at
// once: a child that is being started at this moment has a copy, until it
// runs its own program.
func unlockDir(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}

func refusal(err error, dir, holder string) error {
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("lock %s: %w", dir, err)
	}
	if holder == "" {
		holder = "another process"
	}
	return fmt.Errorf("%w: %s publishes into %s; stop it, or give this process a directory of its own with --public", ErrLocked, holder, dir)
}

// signLock writes who holds the lock, for whoever is refused.
func signLock(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "process %d on %s, since %s\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	return err
}
