package web

import (
	"crypto/hmac"
	"crypto/sha256"
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

// subject is what a comment will be about: the part of a form that its
// writer must not choose.
type subject struct {
	site, page, parent string
}

// tokens signs the subject of a form. Browsers send no trustworthy Origin
// with forms (Referrer-Policy makes it null), so a post is known as ours by
// this.
type tokens struct {
	secret []byte
}

// seal returns the text form: a MAC, the time, and the subject.
func (t tokens) seal(s subject, now time.Time) string {
	payload := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
	payload = append(payload, strings.Join([]string{s.site, s.page, s.parent}, "\x00")...)
	return base64.RawURLEncoding.EncodeToString(append(t.sign(payload), payload...))
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
	if !hmac.Equal(mac, t.sign(payload)) {
		return s, false, errForged
	}
	parts := strings.Split(string(payload[tokenTime:]), "\x00")
	if len(parts) != 3 {
		return s, false, errForged
	}
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint64(payload)), 0))
	return subject{parts[0], parts[1], parts[2]}, age > tokenLife || age < -tokenSkew, nil
}

func (t tokens) sign(payload []byte) []byte {
	mac := hmac.New(sha256.New, t.secret)
	mac.Write([]byte("postil form token\x00"))
	mac.Write(payload)
	return mac.Sum(nil)[:tokenMAC]
}
