package feeds

import (
	"context"
	"sync"
)

// pageLocks lets only one at a time render the documents of a directory, from
// reading the database to writing the files: what is written later was read
// later.
type pageLocks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by directory; closed when it is given back
}

// try takes the lock of a directory if it is free.
func (l *pageLocks) try(dir string) (unlock func(), ok bool) {
	unlock, held := l.take(dir)
	return unlock, held == nil
}

// wait takes the lock of a directory.
func (l *pageLocks) wait(ctx context.Context, dir string) (unlock func(), err error) {
	for {
		unlock, held := l.take(dir)
		if held == nil {
			return unlock, nil
		}
		select {
		case <-held:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *pageLocks) take(dir string) (unlock func(), held chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if held := l.held[dir]; held != nil {
		return nil, held
	}
	mine := make(chan struct{})
	l.held[dir] = mine
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, dir)
		close(mine)
	}, nil
}
