package comments

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"regexp"
)

// Hash is a SHA-256 sum; the zero Hash stands for none.
type Hash [sha256.Size]byte

// IsZero reports whether h stands for none.
func (h Hash) IsZero() bool { return h == Hash{} }

// EditKey is the capability to edit or delete one comment: 128 bits, given
// once to its author. Only its Hash is stored.
type EditKey [16]byte

// ParseEditKey reads the text form.
func ParseEditKey(s string) (EditKey, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != len(EditKey{}) {
		return EditKey{}, NewError(Forbidden, "This is not an edit key; use the edit_key from the answer to your post.")
	}
	return EditKey(b), nil
}

// String returns the text form: 22 characters, safe in a URL.
func (k EditKey) String() string { return base64.RawURLEncoding.EncodeToString(k[:]) }

// Hash returns what is stored of the key.
func (k EditKey) Hash() Hash { return sha256.Sum256(k[:]) }

// Opens reports whether k is the key whose Hash is h, in constant time.
func (k EditKey) Opens(h Hash) bool {
	sum := k.Hash()
	return !h.IsZero() && subtle.ConstantTimeCompare(sum[:], h[:]) == 1
}

// IdempotencyKey makes a post safe to repeat (the Idempotency-Key header
// field): 16 to 128 visible ASCII characters chosen by the client. It must be
// as hard to guess as an edit key, because its owner can ask for that again.
type IdempotencyKey string

var idempotencyPattern = regexp.MustCompile(`^[!-~]{16,128}$`)

// NewIdempotencyKey returns a random key, for clients that sent none.
func NewIdempotencyKey() IdempotencyKey { return IdempotencyKey(rand.Text()) }

// Validate returns an Invalid error at field "key" for a text that cannot be one.
func (k IdempotencyKey) Validate() error {
	if !idempotencyPattern.MatchString(string(k)) {
		return FieldError("key", "needs 16 to 128 visible ASCII characters, for example a random UUID")
	}
	return nil
}

// hash binds the key to its site; the store knows repeated posts by it.
func (k IdempotencyKey) hash(site string) Hash {
	return sha256.Sum256([]byte("postil idempotency\x00" + site + "\x00" + string(k)))
}

// editKey derives the edit key, so that a repeated post is answered with the
// same one although only its hash was stored.
func (k IdempotencyKey) editKey(keys Keyring, site string) EditKey {
	return EditKey(keys.Lasting("edit key", site, string(k))[:len(EditKey{})])
}
