package admin

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"postil/comments"
)

const (
	// hashesAtATime bounds the memory and processor that passwords take.
	hashesAtATime = 2
	// hashPatience is how long a sign-in waits for its turn.
	hashPatience = 10 * time.Second
)

// gate lets moderators in.
type gate struct {
	people   comments.People
	failures *throttle
	verified *verified
	turns    chan struct{} // one for each hash that is being computed
	nobody   func() hash   // what is compared for names that nobody has
}

func newGate(people comments.People, now func() time.Time) *gate {
	return &gate{
		people: people, failures: newThrottle(now), verified: newVerified(now),
		turns: make(chan struct{}, hashesAtATime),
		nobody: sync.OnceValue(func() hash {
			h := hash{memory: hashMemory, time: hashTime, threads: hashThreads, salt: make([]byte, saltSize)}
			h.sum = h.of("", hashSize)
			return h
		}),
	}
}

// errNobody asks for a name and a password.
var errNobody = errors.New("nobody has signed in")

// slowed is a sign-in that comes too early.
type slowed struct {
	wait  time.Duration
	first bool // the log should tell
}

func (e *slowed) Error() string { return "too many wrong passwords" }

// enter returns the moderator who sent a request from a network. The error is
// errNobody, *slowed, or the store's.
func (g *gate) enter(r *http.Request, network string) (comments.Moderator, error) {
	name, password, ok := r.BasicAuth()
	if !ok {
		return comments.Moderator{}, errNobody
	}
	m, err := g.find(r.Context(), name)
	if err != nil {
		return comments.Moderator{}, err
	}
	if g.verified.knows(m, password) {
		return m, nil
	}
	return m, g.check(r.Context(), m, name, password, network)
}

// find returns the moderator of a name; a zero one if nobody has it.
func (g *gate) find(ctx context.Context, name string) (comments.Moderator, error) {
	all, err := g.people.Moderators(ctx)
	if err != nil {
		return comments.Moderator{}, err
	}
	for _, m := range all {
		if m.Name == name {
			return m, nil
		}
	}
	return comments.Moderator{}, nil
}

// check hashes a password, which takes as long for a name that nobody has.
// How long to wait is asked again when its turn has come: others may have
// failed meanwhile.
func (g *gate) check(ctx context.Context, m comments.Moderator, name, password, network string) error {
	if wait := g.failures.wait(name, network); wait > 0 {
		return &slowed{wait: wait}
	}
	if err := g.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-g.turns }()
	if wait := g.failures.wait(name, network); wait > 0 {
		return &slowed{wait: wait}
	}
	stored, ok := parseHash(m.Password)
	if !ok {
		stored = g.nobody()
	}
	if !stored.matches(password) || !ok {
		if g.failures.fail(name, network) {
			return &slowed{wait: g.failures.wait(name, network), first: true}
		}
		return errNobody
	}
	g.failures.forgive(name, network)
	g.verified.remember(m, password)
	return nil
}

func (g *gate) takeTurn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case g.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return comments.NewError(comments.Unavailable, "Too many people are signing in at this moment; try again.")
	}
}
