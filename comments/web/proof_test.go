package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"postil/comments/spam"
)

// proving makes a service ask for proofs of work, the real ones.
func proving(c *Config) { c.Proofs = spam.NewProofs(c.Keys, c.Now) }

// mailing makes a service say that it can send mail.
func mailing(c *Config) { c.Mail = true }

// work fetches and solves a challenge.
func (w *world) work(site, key string) string {
	w.t.Helper()
	a := w.send(http.MethodGet, "/api/v1/challenge?"+url.Values{"site": {site}, "key": {key}}.Encode(), "").want(http.StatusOK)
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		w.t.Errorf("a challenge may be kept: %s", got)
	}
	c := decode[challengeAnswer](a)
	solution, err := altcha.SolveChallenge(c.Challenge.Challenge, c.Salt, altcha.SHA256, int(c.MaxNumber), 0, nil)
	if err != nil || solution == nil {
		w.t.Fatalf("solve %+v: %v", c, err)
	}
	raw, err := json.Marshal(altcha.Payload{
		Algorithm: c.Algorithm, Challenge: c.Challenge.Challenge, Number: int64(solution.Number), Salt: c.Salt, Signature: c.Signature,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func TestProofOfWorkCountsForItsPostAlone(t *testing.T) {
	t.Parallel()
	w := start(t, proving)
	const key, other = "0123456789abcdef", "fedcba9876543210"
	proof := w.work("blog.example", key)
	for name, c := range map[string]struct {
		draft members
		want  bool
	}{
		"its post":         {draft("key", key, "proof", proof), true},
		"its post again":   {draft("key", key, "proof", proof), true},
		"host in capitals": {draft("key", key, "proof", proof, "site", "BLOG.example"), true},
		"another key":      {draft("key", other, "proof", proof), false},
		"another site":     {draft("key", key, "proof", proof, "site", "held.example"), false},
		"no key":           {draft("proof", proof), false},
		"none":             {draft("key", "another-key-of-16", "proof", ""), false},
		"nonsense":         {draft("key", "a-third-key-of-16", "proof", "nonsense"), false},
	} {
		a := w.post("/api/v1/comments", c.draft)
		if a.status != http.StatusCreated && a.status != http.StatusAccepted {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if got := w.judge.evidence(t).Proof; got != c.want {
			t.Errorf("%s: proved %v, want %v", name, got, c.want)
		}
	}
	w.clock.advance(2 * time.Hour)
	w.post("/api/v1/comments", draft("key", key, "proof", proof)).want(http.StatusCreated)
	if w.judge.evidence(t).Proof {
		t.Error("it counts after two hours")
	}
}

func TestProofMayComeWithTheKeyInTheHeader(t *testing.T) {
	t.Parallel()
	w := start(t, proving)
	w.post("/api/v1/comments", draft("proof", w.work("blog.example", "0123456789abcdef")), "Idempotency-Key", "0123456789abcdef").want(http.StatusCreated)
	if !w.judge.evidence(t).Proof {
		t.Error("it does not count")
	}
}

func TestChallengeIsForScriptsOfOurSites(t *testing.T) {
	t.Parallel()
	w := start(t, proving, mailing)
	const path = "/api/v1/challenge?site=blog.example&key=0123456789abcdef"
	for origin, told := range map[string]string{"https://blog.example": "https://blog.example", "https://evil.example": ""} {
		a := w.send(http.MethodGet, path, "", "Origin", origin).want(http.StatusOK)
		if got := a.header.Get("Access-Control-Allow-Origin"); got != told {
			t.Errorf("%s is told as %q", origin, got)
		}
		if !decode[challengeAnswer](a).Mail {
			t.Error("it does not say that there is mail")
		}
	}
	for query, field := range map[string]string{
		"site=blog.example": "key", "site=blog.example&key=0123456789abcde": "key", "site=blog.example&key=0123456789abcde+": "key",
		"site=blog.example&key=" + strings.Repeat("k", 129): "key", "key=0123456789abcdef": "site",
	} {
		if got, _ := w.send(http.MethodGet, "/api/v1/challenge?"+query, "").problem(http.StatusBadRequest); got != field {
			t.Errorf("%.40s: field %q", query, got)
		}
	}
	start(t).send(http.MethodGet, path, "").problem(http.StatusNotFound)
}

func TestWhatIsKnownOfAFormGoesToTheJudge(t *testing.T) {
	t.Parallel()
	w := start(t, counting)
	s := w.open(formPath)
	w.clock.advance(42 * time.Second)
	preview := w.submit(s, "body", "a", "do", "preview").want(http.StatusOK).form()
	w.clock.advance(time.Second)
	wrong := w.submit(preview, "body", " ", "do", "post").want(http.StatusBadRequest).form()
	w.follow(w.submit(wrong, "body", "a", "do", "post"))
	got := w.judge.evidence(t)
	if got.Trap || got.Proof || !got.Form || got.FormAge < 43*time.Second || got.FormAge > 10*time.Minute || got.Nearby != 2 {
		t.Errorf("evidence %+v", got) // a preview and a mistake make no form younger; the mistake counts as a try
	}
	w.follow(w.submit(w.open(formPath), "body", "b", "url", "https://spam.example", "do", "post"))
	if got := w.judge.evidence(t); !got.Trap || got.Nearby != 3 {
		t.Errorf("evidence %+v", got)
	}
	w.comment()
	if got := w.judge.evidence(t); got.Form || got.Trap || got.FormAge != 0 || got.Nearby != 4 {
		t.Errorf("of the API: %+v", got)
	}
	w.post("/api/v1/comments", draft("url", "https://spam.example")).problem(http.StatusBadRequest)
}

// counting gives a world a limit that no test reaches.
func counting(c *Config) { c.Rate = Rate{Count: 1000, Window: time.Minute} }

// What comes from one network counts only where it says something: not where
// the operator wants no limit, nor behind a proxy that nobody vouches for.
func TestOneNetworkCountsOnlyWhereItIsKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*Config)
		headers []string
		want    int
	}{
		"a limit":               {counting, nil, 1},
		"no limit":              {func(*Config) {}, nil, 0},
		"through another proxy": {counting, []string{"X-Forwarded-For", "203.0.113.7"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, c.change)
			w.post("/api/v1/comments", draft(), c.headers...).want(http.StatusCreated)
			if got := w.judge.evidence(t).Nearby; got != c.want {
				t.Errorf("%d nearby, want %d", got, c.want)
			}
		})
	}
}

// Each form makes one comment, however often it comes back, and with whatever
// key its sender would like.
func TestFormMakesOneComment(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.open(formPath)
	first := w.submit(s, "body", "a")
	for _, changes := range [][]string{{}, {"key", "fedcba9876543210"}, {"url", "x"}} {
		if again := w.submit(s, append([]string{"body", "a"}, changes...)...); again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("%v leads to %q, then %q", changes, first.header.Get("Location"), again.header.Get("Location"))
		}
	}
	w.submit(s, "body", "b").want(http.StatusConflict)
	if w.visible() != 1 {
		t.Errorf("%d comments", w.visible())
	}
}

func TestNeighboursAreCountedForAnHour(t *testing.T) {
	t.Parallel()
	c := &clock{}
	n := newNeighbours(newClients(nil, c.now, nil))
	add := func(peer string) int { return n.add(request(peer)) }
	for i := range 3 {
		if got := add("203.0.113.9:1"); got != i+1 {
			t.Fatalf("the count is %d, want %d", got, i+1)
		}
	}
	if got := add("203.0.113.77:1"); got != 4 {
		t.Errorf("a neighbour in the same network counts as %d", got)
	}
	c.advance(30 * time.Minute)
	if got := add("203.0.113.9:1"); got != 5 {
		t.Errorf("after half an hour: %d", got)
	}
	c.advance(35 * time.Minute)
	if got := add("203.0.113.9:1"); got != 2 {
		t.Errorf("after an hour and five minutes: %d", got)
	}
	c.advance(100 * 24 * time.Hour)
	if got := add("203.0.113.9:1"); got != 1 {
		t.Errorf("after a hundred days: %d", got)
	}
	for _, slot := range n.slots[1:] {
		if len(slot) > 0 {
			t.Errorf("old counts are kept: %v", slot)
		}
	}
}
