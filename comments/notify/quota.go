package notify

import (
	"sync"
	"time"
)

// MaxHeldMails is how many mails about single comments a moderator gets within
// an hour, from one process. What comes on top goes into a digest.
const (
	MaxHeldMails = 20
	heldSpan     = time.Hour
)

// quota counts what each of some names has had lately.
type quota struct {
	limit int
	span  time.Duration

	mu  sync.Mutex
	had map[string][]time.Time // the newest last, at most limit of them
}

// take reports whether name may have one more, and counts it.
func (q *quota) take(name string, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	had := q.had[name]
	for len(had) > 0 && now.Sub(had[0]) >= q.span {
		had = had[1:]
	}
	may := len(had) < q.limit
	if may {
		had = append(had, now)
	}
	if q.had == nil {
		q.had = map[string][]time.Time{}
	}
	q.had[name] = had
	return may
}
