package spam

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"postil/comments"
)

const (
	proofLife = time.Hour // from a challenge to its last use: a long comment takes long to write
	maxProof  = 1024      // bytes of a solution's text; ours take about 450
)

// What a challenge's salt says besides, where the HMAC covers it.
const (
	saltExpires = "expires" // Unix time in seconds
	saltFor     = "for"     // see subject
)

// Challenge is a proof of work to be done, in Altcha's JSON.
type Challenge = altcha.Challenge

// Proofs gives out proofs of work and checks them (Altcha's protocol: find the
// number whose SHA-256, after a salt, is the challenge). It keeps no list of
// them: a challenge is signed, ends after an hour, and is bound to a site and
// to the idempotency key of one post. To use it again is to send the same post
// again, which makes no second comment.
type Proofs struct {
	keys     []string // HMAC keys, newest first
	now      func() time.Time
	pressure *pressure
}

// NewProofs returns Proofs whose challenges any process with the same newest
// key can check, and with that key anywhere in its ring.
func NewProofs(keys comments.Keyring, now func() time.Time) *Proofs {
	p := &Proofs{now: now, pressure: newPressure()}
	for _, key := range keys.Derive("proof of work") {
		p.keys = append(p.keys, string(key))
	}
	return p
}

// Challenge returns a new challenge for the post to a site that will carry an
// idempotency key. The more of them a site has given out lately, the more work
// each one is.
func (p *Proofs) Challenge(site, key string) (Challenge, error) {
	if key == "" {
		return Challenge{}, comments.FieldError("key", "is missing; a challenge is for one comment, named by the key it will be posted with")
	}
	now := p.now()
	return altcha.CreateChallenge(altcha.ChallengeOptions{
		Algorithm: altcha.SHA256,
		MaxNumber: p.pressure.work(site, now),
		HMACKey:   p.keys[0],
		Params: url.Values{
			saltExpires: {strconv.FormatInt(now.Add(proofLife).Unix(), 10)},
			saltFor:     {subject(site, key)},
		},
	})
}

// Check returns nil if payload (Altcha's solution: JSON in base64) solves an
// unexpired challenge that was given out for exactly this site and key. Any
// other text is an Invalid error at field "proof".
func (p *Proofs) Check(site, key, payload string) error {
	if len(payload) > maxProof {
		return comments.FieldError("proof", "is longer than %d bytes", maxProof)
	}
	solution, ok := parseSolution(payload)
	if !ok {
		return comments.FieldError("proof", "is not a solution in Altcha's form: JSON in base64")
	}
	if !p.solves(solution) {
		return comments.FieldError("proof", "does not solve a challenge of this service; ask for one and solve it")
	}
	// Only now is the salt known to be ours.
	said := altcha.ExtractParams(solution)
	if said.Get(saltFor) != subject(site, key) {
		return comments.FieldError("proof", "is for another site or key; ask for a challenge with the key of this post")
	}
	expires, err := strconv.ParseInt(said.Get(saltExpires), 10, 64)
	if err != nil || p.now().Unix() > expires {
		return comments.FieldError("proof", "is older than %v; ask for a new challenge", proofLife)
	}
	return nil
}

func parseSolution(payload string) (altcha.Payload, bool) {
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return altcha.Payload{}, false
	}
	var solution altcha.Payload
	err = json.Unmarshal(raw, &solution)
	return solution, err == nil && solution.Algorithm == string(altcha.SHA256)
}

// solves tries each key of the ring. The time of expiry is ours to check, by
// our own clock.
func (p *Proofs) solves(solution altcha.Payload) bool {
	for _, key := range p.keys {
		if ok, err := altcha.VerifySolutionSafe(solution, key, false); err == nil && ok {
			return true
		}
	}
	return false
}

// subject names what a challenge is for. The key itself stays out of it, for
// whoever knows it can ask for the comment's edit key.
func subject(site, key string) string {
	sum := sha256.Sum256([]byte("postil proof of work\x00" + site + "\x00" + key))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
