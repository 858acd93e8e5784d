package admin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"

	"postil/comments"
)

const (
	verifiedAge = 5 * time.Minute // for which a password need not be hashed again
	maxVerified = 256             // passwords known at a time
)

// verified remembers which passwords were right, so that not every page costs
// an argon2id. It holds a keyed hash of name, stored hash and password: who
// reads the memory gets nothing to sign in with, and a password that has been
// changed is unknown at once.
type verified struct {
	now func() time.Time
	key [sha256.Size]byte // born at start

	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

func newVerified(now func() time.Time) *verified {
	v := &verified{now: now, until: map[[sha256.Size]byte]time.Time{}}
	_, _ = rand.Read(v.key[:]) // never fails since Go 1.24
	return v
}

func (v *verified) sum(m comments.Moderator, password string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, v.key[:])
	for _, part := range []string{m.Name, m.Password, password} {
		mac.Write([]byte(part + "\x00")) // neither of the first two can hold one
	}
	return [sha256.Size]byte(mac.Sum(nil))
}

func (v *verified) knows(m comments.Moderator, password string) bool {
	if m.Password == "" {
		return false
	}
	sum := v.sum(m, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now().Before(v.until[sum])
}

func (v *verified) remember(m comments.Moderator, password string) {
	sum := v.sum(m, password)
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.until) >= maxVerified {
		v.makeRoom()
	}
	v.until[sum] = v.now().Add(verifiedAge)
}

// makeRoom drops what is too old or, if nothing is, the oldest.
func (v *verified) makeRoom() {
	var oldest [sha256.Size]byte
	var first time.Time
	for sum, until := range v.until {
		if !v.now().Before(until) {
			delete(v.until, sum)
		} else if first.IsZero() || until.Before(first) {
			oldest, first = sum, until
		}
	}
	if len(v.until) >= maxVerified {
		delete(v.until, oldest)
	}
}
