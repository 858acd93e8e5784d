package admin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"postil/comments"
)

// Cost of one password: what OWASP's Password Storage Cheat Sheet gives for
// argon2id (RFC 9106) with the least memory that it still calls as good.
const (
	hashMemory  = 19 << 10 // KiB
	hashTime    = 2        // passes
	hashThreads = 1
	saltSize    = 16 // bytes
	hashSize    = 32 // bytes
)

// Bounds of what a stored hash may ask for, so that a damaged one cannot take
// the machine's memory.
const (
	maxMemory = 256 << 10 // KiB
	maxTime   = 16
)

// Length of a password, in characters. No other rule makes passwords better
// (NIST SP 800-63B §3.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 256
)

// HashPassword returns what is stored of a password: argon2id in PHC string
// form, with a salt of its own. A password that is too short or too long is
// Invalid at field "password".
func HashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || strings.ContainsAny(password, "\x00\r\n"):
		return "", comments.FieldError("password", "holds a character that browsers do not send; choose letters, digits, signs and spaces")
	case n < MinPassword:
		return "", comments.FieldError("password", "has %d characters; at least %d make it hard to guess", n, MinPassword)
	case n > MaxPassword:
		return "", comments.FieldError("password", "has %d characters; at most %d are accepted", n, MaxPassword)
	}
	h := hash{memory: hashMemory, time: hashTime, threads: hashThreads, salt: make([]byte, saltSize)}
	if _, err := rand.Read(h.salt); err != nil {
		return "", err
	}
	h.sum = h.of(password, hashSize)
	return h.String(), nil
}

// hash is an argon2id hash with all that it takes to compute it again.
type hash struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
	salt    []byte
	sum     []byte
}

func (h hash) of(password string, size int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(size))
}

// matches reports whether the hash is that of a password, in constant time.
func (h hash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.sum, h.of(password, len(h.sum))) == 1
}

// String returns the PHC string form.
func (h hash) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads, encode(h.salt), encode(h.sum))
}

// parseHash reads the PHC string form of a hash that can be computed here.
func parseHash(s string) (h hash, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hash{}, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); n != 3 || err != nil {
		return hash{}, false
	}
	var saltErr, sumErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	bounded := h.memory >= 8 && h.memory <= maxMemory && h.time >= 1 && h.time <= maxTime && h.threads >= 1
	return h, saltErr == nil && sumErr == nil && bounded && len(h.salt) >= 8 && len(h.sum) >= 16 && len(h.sum) <= 64
}
