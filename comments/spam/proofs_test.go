package spam

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"postil/comments"
)

const aKey = "0123456789abcdef"

// workshop gives out proofs and does the work for them.
type workshop struct {
	testing.TB
	*Proofs
	clock time.Time
}

func newWorkshop(t testing.TB, keys ...byte) *workshop {
	w := &workshop{TB: t, clock: time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)}
	var secrets [][]byte
	for _, k := range keys {
		secrets = append(secrets, bytes.Repeat([]byte{k}, comments.MinKey))
	}
	ring, err := comments.NewKeyring(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	w.Proofs = NewProofs(ring, func() time.Time { return w.clock })
	return w
}

func (w *workshop) challenge(site, key string) Challenge {
	w.Helper()
	c, err := w.Challenge(site, key)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// solve does what a browser does with a challenge.
func (w *workshop) solve(c Challenge) altcha.Payload {
	w.Helper()
	solution, err := altcha.SolveChallengeSafe(c.Challenge, c.Salt, altcha.SHA256, int(c.MaxNumber), 0, nil)
	if err != nil || solution == nil {
		w.Fatalf("challenge %v has no solution up to %d: %v", c, c.MaxNumber, err)
	}
	return altcha.Payload{Algorithm: c.Algorithm, Challenge: c.Challenge, Number: int64(solution.Number), Salt: c.Salt, Signature: c.Signature}
}

func encode(t testing.TB, p altcha.Payload) string {
	t.Helper()
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (w *workshop) refuses(name string, err error) {
	w.Helper()
	if fault, ok := err.(*comments.Error); !ok || fault.Kind != comments.Invalid || fault.Field != "proof" {
		w.Errorf("%s: got %v, want an invalid proof", name, err)
	}
}

func TestProofIsForOneSiteAndKey(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	payload := encode(t, w.solve(w.challenge("blog.example", aKey)))
	for range 2 { // the same post may be sent again
		if err := w.Check("blog.example", aKey, payload); err != nil {
			t.Error(err)
		}
	}
	w.refuses("another key", w.Check("blog.example", aKey+"x", payload))
	w.refuses("another site", w.Check("other.example", aKey, payload))
	w.refuses("a boundary moved", w.Check("blog.example\x00"+aKey[:1], aKey[1:], payload))
	w.refuses("no proof", w.Check("blog.example", aKey, ""))
	if strings.Contains(payload, aKey) || strings.Contains(w.challenge("blog.example", aKey).Salt, aKey) {
		t.Error("the challenge shows the key of the post")
	}
}

func TestProofExpires(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	payload := encode(t, w.solve(w.challenge("blog.example", aKey)))
	w.clock = w.clock.Add(proofLife)
	if err := w.Check("blog.example", aKey, payload); err != nil {
		t.Error(err)
	}
	w.clock = w.clock.Add(time.Second)
	w.refuses("an hour later", w.Check("blog.example", aKey, payload))
}

func TestProofOutlivesAChangeOfKeys(t *testing.T) {
	t.Parallel()
	before, during, after := newWorkshop(t, 1), newWorkshop(t, 2, 1), newWorkshop(t, 2)
	old := encode(t, before.solve(before.challenge("blog.example", aKey)))
	if err := during.Check("blog.example", aKey, old); err != nil {
		t.Error(err)
	}
	during.refuses("after the key was taken out", after.Check("blog.example", aKey, old))
	fresh := encode(t, during.solve(during.challenge("blog.example", aKey)))
	if err := after.Check("blog.example", aKey, fresh); err != nil {
		t.Error("new challenges are not signed with the newest key:", err)
	}
}

func TestProofCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	solved := w.solve(w.challenge("blog.example", aKey))
	later := strconv.FormatInt(w.clock.Add(100*proofLife).Unix(), 10)
	for name, change := range map[string]func(*altcha.Payload){
		"another number":    func(p *altcha.Payload) { p.Number++ },
		"no number":         func(p *altcha.Payload) { p.Number = 0; p.Challenge = "" },
		"another challenge": func(p *altcha.Payload) { p.Challenge = strings.Repeat("0", 64) },
		"another signature": func(p *altcha.Payload) { p.Signature = strings.Repeat("0", 64) },
		"no signature":      func(p *altcha.Payload) { p.Signature = "" },
		"a later end":       func(p *altcha.Payload) { p.Salt = strings.Replace(p.Salt, "expires=", "expires="+later+"&x=", 1) },
		"two ends":          func(p *altcha.Payload) { p.Salt += "expires=" + later + "&" },
		"no salt":           func(p *altcha.Payload) { p.Salt = "" },
		"a weaker hash":     func(p *altcha.Payload) { p.Algorithm = string(altcha.SHA1) },
		"an unknown hash":   func(p *altcha.Payload) { p.Algorithm = "none" },
		"no hash":           func(p *altcha.Payload) { p.Algorithm = "" },
		"its number in the salt": func(p *altcha.Payload) {
			digits := strconv.FormatInt(p.Number+10, 10)
			p.Salt += digits[:1]
			p.Number, _ = strconv.ParseInt(digits[1:], 10, 64)
		},
	} {
		p := solved
		change(&p)
		w.refuses(name, w.Check("blog.example", aKey, encode(t, p)))
	}
	// Work that was done for a challenge of our own making.
	forged, err := altcha.CreateChallenge(altcha.ChallengeOptions{MaxNumber: 10, HMACKey: "guessed", Salt: "ab?expires=" + later + "&for=" + subject("blog.example", aKey)})
	if err != nil {
		t.Fatal(err)
	}
	w.refuses("a challenge of another's", w.Check("blog.example", aKey, encode(t, w.solve(forged))))
}

func TestProofOfGarbage(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	for _, payload := range []string{
		"x", "====", base64.StdEncoding.EncodeToString([]byte("null")), base64.StdEncoding.EncodeToString([]byte("[]")),
		base64.StdEncoding.EncodeToString([]byte(`{"algorithm":"SHA-256","number":1e400}`)),
		base64.StdEncoding.EncodeToString([]byte(`{"algorithm":"SHA-256","salt":"?%zz"}`)), strings.Repeat("A", maxProof), strings.Repeat("A", 1<<20),
	} {
		w.refuses(payload[:min(20, len(payload))], w.Check("blog.example", aKey, payload))
	}
	if _, err := w.Challenge("blog.example", ""); comments.KindOf(err) != comments.Invalid {
		t.Errorf("a challenge for no key: got %v", err)
	}
}

// A solution fits well within the limit, whatever its number.
func TestProofsAreShort(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, 1)
	c := w.challenge(strings.Repeat("a", 253), strings.Repeat("k", 128))
	p := altcha.Payload{Algorithm: c.Algorithm, Challenge: c.Challenge, Number: mostWork, Salt: c.Salt, Signature: c.Signature}
	if got := len(encode(t, p)); got > maxProof*2/3 {
		t.Errorf("a solution has %d bytes", got)
	}
}

// The challenge is Altcha's JSON: what its script expects is there.
func TestChallengeIsAltchas(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(newWorkshop(t, 1).challenge("blog.example", aKey))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"algorithm", "challenge", "salt", "signature"} {
		if text, ok := got[field].(string); !ok || text == "" {
			t.Errorf("%s is missing of %s", field, raw)
		}
	}
	if got["maxNumber"] != float64(leastWork) {
		t.Errorf("the greatest number is missing of %s", raw)
	}
}
