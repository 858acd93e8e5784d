package web

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"postil/comments"
)

const (
	tokenLife = 24 * time.Hour       // a form may lie open overnight
	tokenSkew = time.Minute          // by how much the clocks of two replicas may differ
	tokenMAC  = 16                   // bytes
	tokenTime = 8                    // bytes
	maxToken  = 8 * comments.MaxPage // bytes of its text
)

// subject is what a form was given out for: the part of it that its writer
// must not choose. With the key in it each form makes one comment, however
// often it is sent.
type subject struct {
	site, page, parent string
	key                comments.IdempotencyKey
	given              time.Time // in whole seconds
}

// age is how long the form has been out.
func (s subject) age(now time.Time) time.Duration { return max(0, now.Sub(s.given)) }

// tokens signs the subject of a form. Browsers send no trustworthy Origin
// with forms (Referrer-Policy makes it null), so a post is known as ours by
// this.
type tokens struct {
	keys comments.Keyring
}

// tokenPurpose is what the keys sign here.
const tokenPurpose = "form token"

// seal returns the text form: a MAC, the time, and the rest of the subject.
func (t tokens) seal(s subject) string {
	payload := string(binary.BigEndian.AppendUint64(nil, uint64(s.given.Unix()))) + strings.Join([]string{s.site, s.page, s.parent, string(s.key)}, "\x00")
	return base64.RawURLEncoding.EncodeToString(append(t.keys.Sign(tokenPurpose, payload)[:tokenMAC:tokenMAC], payload...))
}

// open returns the subject of a token that we made, and whether it is too
// old to be used.
func (t tokens) open(text string, now time.Time) (s subject, expired bool, err error) {
	errForged := comments.FieldError("token", "is not one that this service gave out; open the form again")
	if len(text) > maxToken {
		return s, false, errForged
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < tokenMAC+tokenTime {
		return s, false, errForged
	}
	mac, payload := raw[:tokenMAC], raw[tokenMAC:]
	if !t.keys.Signed(mac, tokenPurpose, string(payload)) {
		return s, false, errForged
	}
	parts := strings.Split(string(payload[tokenTime:]), "\x00")
	if len(parts) != 4 {
		return s, false, errForged
	}
	given := time.Unix(int64(binary.BigEndian.Uint64(payload)), 0)
	age := now.Sub(given)
	return subject{parts[0], parts[1], parts[2], comments.IdempotencyKey(parts[3]), given}, age > tokenLife || age < -tokenSkew, nil
}
