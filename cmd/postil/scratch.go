package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// scratchPattern is how folders for temporary files are named.
const scratchPattern = ".import-*"

// scratch is a folder for what an import or export cannot keep in memory. It
// stands beside the database, where there is room for comments, and is locked
// while it is used: what a killed process left holds words and addresses that
// may have been erased since.
type scratch struct {
	path string
	lock *os.File
}

func newScratch(flags *storeFlags) (scratch, error) {
	for {
		path, err := os.MkdirTemp(flags.Data, scratchPattern) // mode 0700
		if err != nil {
			return scratch{}, err
		}
		lock, err := lockFolder(path)
		if err == nil {
			return scratch{path, lock}, nil
		}
		if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.EWOULDBLOCK) { // not taken for another's remains
			return scratch{}, errors.Join(err, os.RemoveAll(path))
		}
	}
}

func (s scratch) remove() error {
	return errors.Join(os.RemoveAll(s.path), s.lock.Close())
}

// lockFolder locks a folder that nobody uses, until the file is closed or the
// process ends. It returns an error of os.ErrNotExist if that has gone.
func lockFolder(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		_, err = os.Lstat(path) // it may have gone between
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// sweepScratch removes what processes left that were killed. What cannot be
// removed now is tried again by the next command.
func sweepScratch(data string) {
	left, _ := filepath.Glob(filepath.Join(data, scratchPattern)) // only a bad pattern fails
	for _, path := range left {
		if lock, err := lockFolder(path); err == nil {
			_ = scratch{path, lock}.remove()
		}
	}
}
