package comments

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// MinKey is the least length of a key in a [Keyring], in bytes.
const MinKey = 32

// keyTag is how many bytes of a sealed text name its key.
const keyTag = 4

// ErrSealed says that a text was sealed with a key that is not here, or was
// changed since.
var ErrSealed = errors.New("sealed with another key, or damaged")

// Keyring holds the server's secret keys, the newest first. Everything that
// the server signs, seals or derives comes from here, each under a purpose of
// its own, so that nothing made for one can be used for another. New things
// are made with the newest key; those made with former ones stay valid until
// that key is taken out.
type Keyring struct{ keys [][]byte }

// NewKeyring returns a ring of keys, the newest first, of at least [MinKey]
// random bytes each.
func NewKeyring(keys ...[]byte) (Keyring, error) {
	if len(keys) == 0 {
		return Keyring{}, errors.New("there is no secret key")
	}
	for _, k := range keys {
		if len(k) < MinKey {
			return Keyring{}, errors.New("a secret key is shorter than 32 bytes")
		}
	}
	return Keyring{keys}, nil
}

// Sign returns an HMAC-SHA-256 of parts. They are joined by zero bytes, so
// that none of them but the last may hold one.
func (k Keyring) Sign(purpose string, parts ...string) []byte { return sign(k.keys[0], purpose, parts) }

// Signed reports whether mac begins the signature of parts by any key of the
// ring, in constant time. mac must have 16 bytes at least.
func (k Keyring) Signed(mac []byte, purpose string, parts ...string) bool {
	if len(mac) < 16 || len(mac) > sha256.Size {
		return false
	}
	for _, key := range k.keys {
		if hmac.Equal(mac, sign(key, purpose, parts)[:len(mac)]) {
			return true
		}
	}
	return false
}

// Lasting is Sign with the oldest key: it stays the same when keys change,
// for what readers know people by.
func (k Keyring) Lasting(purpose string, parts ...string) []byte {
	return sign(k.keys[len(k.keys)-1], purpose, parts)
}

// Derive returns a key of 32 bytes for a purpose from each key of the ring, the
// newest first, for what is signed by other code than ours.
func (k Keyring) Derive(purpose string) [][]byte {
	derived := make([][]byte, len(k.keys))
	for i, key := range k.keys {
		derived[i] = sign(key, "derive "+purpose, nil)
	}
	return derived
}

func sign(key []byte, purpose string, parts []string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("postil " + purpose))
	for _, p := range parts {
		mac.Write([]byte{0})
		mac.Write([]byte(p))
	}
	return mac.Sum(nil)
}

// Seal encrypts a text (AES-256-GCM). It opens only under the same purpose
// and only with this key.
func (k Keyring) Seal(purpose, text string) ([]byte, error) {
	aead, tag, err := cipherOf(k.keys[0], purpose)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return aead.Seal(append(tag, nonce...), nonce, []byte(text), []byte(purpose)), nil
}

// Open decrypts what Seal made, with whichever key of the ring did; without
// it the error is [ErrSealed].
func (k Keyring) Open(purpose string, sealed []byte) (string, error) {
	for _, key := range k.keys {
		aead, tag, err := cipherOf(key, purpose)
		if err != nil {
			return "", err
		}
		if len(sealed) < keyTag+aead.NonceSize() || string(sealed[:keyTag]) != string(tag) {
			continue
		}
		nonce, rest := sealed[keyTag:keyTag+aead.NonceSize()], sealed[keyTag+aead.NonceSize():]
		if text, err := aead.Open(nil, nonce, rest, []byte(purpose)); err == nil {
			return string(text), nil
		}
	}
	return "", ErrSealed
}

// Current reports whether the newest key sealed a text.
func (k Keyring) Current(purpose string, sealed []byte) bool {
	_, tag, err := cipherOf(k.keys[0], purpose)
	return err == nil && len(sealed) >= keyTag && string(sealed[:keyTag]) == string(tag)
}

// cipherOf derives a purpose's key, and what names it in sealed texts.
func cipherOf(key []byte, purpose string) (aead cipher.AEAD, tag []byte, err error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "postil seal "+purpose, 32+keyTag)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(derived[:32])
	if err != nil {
		return nil, nil, err
	}
	aead, err = cipher.NewGCM(block)
	return aead, derived[32:], err
}
