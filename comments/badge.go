package comments

import (
	"encoding/base32"
	"strings"
	"time"
)

// Badge tells that comments of one site are by the same author, who gave the
// same secret each time. It is an HMAC of site, name and secret under the
// server's oldest key, so that it lasts; the secret itself is kept nowhere.
// The zero Badge is that of an author who signed nothing.
type Badge [8]byte

// secretMark parts a signed name from its secret: name#secret.
const secretMark = "#"

// MaxNameSecret is the longest secret of a signed name, in bytes.
const MaxNameSecret = 200

var badgeEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// String returns 13 letters and digits that are hard to take for each other,
// or "" for the zero Badge.
func (b Badge) String() string {
	if b == (Badge{}) {
		return ""
	}
	return badgeEncoding.EncodeToString(b[:])
}

// ParseBadge reads what String writes.
func ParseBadge(s string) (Badge, error) {
	raw, err := badgeEncoding.DecodeString(strings.ToLower(strings.TrimSpace(s)))
	if err != nil || len(raw) != len(Badge{}) {
		return Badge{}, FieldError("badge", "%q is not a badge; copy the 13 characters beside a signed name", s)
	}
	return Badge(raw), nil
}

// splitName parts what an author typed into the name that all see and the
// secret that signs it. Only the first mark counts, and a name that ends with
// one or has nothing before it is not signed.
func splitName(typed string) (name, secret string) {
	name, secret, found := strings.Cut(typed, secretMark)
	name, secret = strings.TrimSpace(name), strings.TrimSpace(secret)
	if !found || name == "" || secret == "" {
		return typed, ""
	}
	return name, secret
}

// badge returns the badge of a signed name.
func (k Keyring) badge(site Site, name, secret string) Badge {
	if secret == "" {
		return Badge{}
	}
	return Badge(k.Lasting("badge", site.Host, strings.ToLower(name), secret)[:len(Badge{})])
}

// OwnerKey returns the secret that makes a signed name the blog owner's. It
// is another one when the site is made anew, or its OwnerSerial raised.
func (k Keyring) OwnerKey(site Site) string {
	mac := k.Lasting("owner key", site.Host, site.Epoch.String(), site.Settings.ownerSerial())
	return "owner-" + badgeEncoding.EncodeToString(mac[:15])
}

// Standing is what moderators think of a badge.
type Standing string

const (
	Unknown Standing = ""        // no one has decided about its comments yet
	Known   Standing = "known"   // a comment of it has been approved
	Trusted Standing = "trusted" // its comments are published whatever the defences say, unless the site holds all
	Blocked Standing = "blocked" // its comments are spam
)

// BadgeStanding is a moderator's word on a badge.
type BadgeStanding struct {
	Badge    Badge
	Standing Standing
	At       time.Time
	By       string // the moderator
}
