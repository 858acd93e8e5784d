package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func TestOnlyModeratorsGetIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	locked := comments.Moderator{Name: "locked", Role: comments.RoleAdmin, Mail: comments.MailOff, Created: w.now()}
	w.must(w.Store.PutModerator(t.Context(), locked))
	for name, given := range map[string][]string{
		"none": nil, "wrong": {"root", "wrong"}, "unknown": {"nobody", password}, "empty": {"", ""},
		"locked": {"locked", ""}, "hash": {"root", hashed()},
	} {
		r := w.request("", "/admin/queue", nil)
		if given != nil {
			r.SetBasicAuth(given[0], given[1])
		}
		a := w.send(r)
		if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != `Basic realm="Postil", charset="UTF-8"` {
			t.Errorf("%s: %d %s", name, a.status, a.header.Get("WWW-Authenticate"))
		}
		a.lacks("blog.example")
	}
	w.as("root", "/admin/queue", nil).want(http.StatusOK).has("signed in as root")
	w.next("ann", w.as("ann", "/admin", nil)).want(http.StatusOK).has("Nothing waits")
}

// gate returns one over a store, with a clock.
func gateOf(w *world) *gate { return newGate(w.Store, w.now) }

func signInAs(w *world, g *gate, name, password, network string) error {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), http.MethodGet, "/admin/queue", nil)
	r.SetBasicAuth(name, password)
	_, err := g.enter(r, network)
	return err
}

func TestWrongPasswordsAreSlowed(t *testing.T) {
	t.Parallel()
	w := start(t)
	g := gateOf(w)
	w.must(signInAs(w, g, "root", password, "192.0.2.0/24"))
	for i := range freeFailures {
		if err := signInAs(w, g, "ann", "wrong", "192.0.2.0/24"); err != errNobody {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	first, ok := signInAs(w, g, "ann", "wrong", "192.0.2.0/24").(*slowed)
	if !ok || !first.first || first.wait <= 0 || first.wait > firstWait {
		t.Fatalf("after %d failures: %+v", freeFailures+1, first)
	}
	for _, c := range []struct{ name, network string }{{"ann", "192.0.2.0/24"}, {"eve", "192.0.2.0/24"}, {"ann", "198.51.100.0/24"}} {
		if e, ok := signInAs(w, g, c.name, password, c.network).(*slowed); !ok || e.first {
			t.Errorf("%s at %s is not slowed", c.name, c.network)
		}
	}
	w.must(signInAs(w, g, "eve", password, "198.51.100.0/24"))
	w.must(signInAs(w, g, "root", password, "192.0.2.0/24")) // who is known goes on working
	w.pass(firstWait)
	w.must(signInAs(w, g, "ann", password, "192.0.2.0/24"))
	if wait := g.failures.wait("ann", "192.0.2.0/24"); wait != 0 {
		t.Errorf("after the right password ann waits %v", wait)
	}
}

func TestWaitsGrowToABound(t *testing.T) {
	t.Parallel()
	now := time.Unix(1e9, 0)
	f := newThrottle(func() time.Time { return now })
	before := time.Duration(0)
	for i := range 60 {
		f.fail("ann", "net")
		wait := f.wait("ann", "net")
		if i < freeFailures && wait != 0 || i >= freeFailures && wait < before || wait > longestNetwork {
			t.Fatalf("after %d failures: wait %v, before %v", i+1, wait, before)
		}
		before = wait
	}
	if before != longestNetwork || f.wait("ann", "elsewhere") != longestName {
		t.Errorf("waits end at %v, %v", before, f.wait("ann", "elsewhere"))
	}
	now = now.Add(forgetFailures + longestNetwork)
	f.fail("ann", "net")
	if wait := f.wait("ann", "net"); wait != 0 {
		t.Errorf("after an hour of peace one failure costs %v", wait)
	}
}

func TestWhatTheGateRemembersIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1e9, 0)
	clock := func() time.Time { return now }
	f, v := newThrottle(clock), newVerified(clock)
	for i := range 3000 {
		f.fail(fmt.Sprint("name ", i), fmt.Sprint("net ", i))
		v.remember(comments.Moderator{Name: "ann", Password: "hash"}, fmt.Sprint("password ", i))
	}
	if n := len(v.until); n > maxVerified {
		t.Errorf("%d passwords are remembered", n)
	}
	if !v.knows(comments.Moderator{Name: "ann", Password: "hash"}, "password 2999") {
		t.Error("the newest password is forgotten")
	}
	now = now.Add(2 * forgetFailures)
	f.fail("one", "more")
	if n := len(f.counters); n > 2 {
		t.Errorf("%d counters are kept of failures long ago", n)
	}
}

// Hashing takes a turn. While none is free only those get in whose password
// need not be hashed: so it is seen who is hashed and who is not.
func TestPasswordsAreHashedForUnknownNamesAndNotForKnownOnes(t *testing.T) {
	t.Parallel()
	w := start(t)
	g := gateOf(w)
	w.must(signInAs(w, g, "root", password, "net"))
	for range hashesAtATime {
		g.turns <- struct{}{}
	}
	waits := func(name, password string) bool {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // whoever has to wait gives up at once
		err := g.check(ctx, w.find("root"), name, password, "net")
		return comments.KindOf(err) == comments.Unavailable
	}
	if !waits("root", "wrong") || !waits("nobody", "wrong") {
		t.Error("somebody is answered without work, which tells that the name is unknown")
	}
	w.must(signInAs(w, g, "root", password, "net"))
	for range hashesAtATime {
		<-g.turns
	}
	m := w.find("root")
	m.Password = mustHash(t, "another password")
	w.must(w.Store.PutModerator(t.Context(), m))
	if err := signInAs(w, g, "root", password, "net"); err != errNobody {
		t.Errorf("the former password: %v", err)
	}
	w.must(signInAs(w, g, "root", "another password", "net"))
	if !g.verified.knows(m, "another password") {
		t.Error("the right password is not remembered")
	}
	w.pass(verifiedAge)
	if g.verified.knows(m, "another password") {
		t.Error("a password is remembered for ever")
	}
}

func TestSlowedSignInSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	w := start(t)
	var a answer
	for range freeFailures + 1 {
		r := w.request("", "/admin/queue", nil)
		r.SetBasicAuth("ann", "wrong")
		a = w.send(r)
	}
	if a.want(http.StatusTooManyRequests).header.Get("Retry-After") != "2" || a.header.Get("WWW-Authenticate") != "" {
		t.Errorf("header %v", a.header)
	}
	a.has("Wait 2 seconds")
	if log := w.log.String(); !strings.Contains(log, "wrong passwords") || strings.Contains(log, "127.0.0") || strings.Contains(log, "ann") {
		t.Errorf("the log says %s", log)
	}
}
