package comments

import (
	"context"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Action is what a moderator can do by a link.
type Action string

const (
	Approve Action = "approve"
	Hold    Action = "hold"
	Reject  Action = "spam"
	Remove  Action = "erase"
)

// status is what an action makes of a comment, or "".
func (a Action) status() Status {
	return map[Action]Status{Approve: Published, Hold: Held, Reject: Spam, Remove: Deleted}[a]
}

// LinkLife is how long a moderator may act by a link.
const LinkLife = 14 * 24 * time.Hour

// linkMAC is the length of a link's signature in bytes.
const linkMAC = 16

// Link allows one moderator to do one thing to one comment as it is now:
// whatever happens to the comment, this very act included, the link acts no
// more. So it acts once, and never on words that its moderator has not seen.
type Link struct {
	Moderator string
	Action    Action
	Comment   ID
	Expires   time.Time
	state     string // of the comment when the link was made
	mac       []byte
}

// state sums up what may have changed about a comment since it was shown.
func (c *Comment) state() string {
	return strings.Join([]string{string(c.Status), c.By, strconv.FormatInt(c.Decided.UnixMicro(), 36), strconv.FormatInt(c.Edited.UnixMicro(), 36)}, "~")
}

func (l Link) parts(serial int64) []string {
	return []string{l.Moderator, strconv.FormatInt(serial, 10), string(l.Action), l.Comment.String(), l.state, strconv.FormatInt(l.Expires.Unix(), 10)}
}

// Link returns the query of an address at which a moderator can act on a
// comment, until a time.
func (k Keyring) Link(m Moderator, c Comment, a Action, expires time.Time) string {
	l := Link{Moderator: m.Name, Action: a, Comment: c.ID, Expires: expires, state: c.state()}
	q := url.Values{
		"by": {l.Moderator}, "do": {string(l.Action)}, "id": {l.Comment.String()}, "as": {l.state},
		"until": {strconv.FormatInt(l.Expires.Unix(), 10)},
		"mac":   {base64.RawURLEncoding.EncodeToString(k.Sign("decision link", l.parts(m.Serial)...)[:linkMAC])},
	}
	return q.Encode()
}

// OpenLink reads the query of such an address, and says who may act by it, on
// what. It returns Forbidden for one that was not made here, is altered,
// expired or revoked.
func (s *Service) OpenLink(ctx context.Context, q url.Values) (Link, Moderator, Comment, error) {
	l, err := parseLink(q)
	if err != nil {
		return Link{}, Moderator{}, Comment{}, err
	}
	m, err := s.moderator(ctx, l.Moderator)
	if err != nil {
		return Link{}, m, Comment{}, err
	}
	if !s.Keys.Signed(l.mac, "decision link", l.parts(m.Serial)...) {
		return Link{}, m, Comment{}, errForgedLink()
	}
	if s.Now().After(l.Expires) {
		return Link{}, m, Comment{}, NewError(Forbidden, "This link expired on %s; decide on the admin page, or by a newer mail.", l.Expires.UTC().Format(time.DateOnly))
	}
	c, err := s.Store.Find(ctx, l.Comment)
	if err == nil && !m.May(c.Site) {
		err = NewError(Forbidden, "%s may no longer decide about comments on %s.", m.Name, c.Site)
	}
	return l, m, c, err
}

func errForgedLink() error {
	return NewError(Forbidden, "This link was not made here, or was changed on its way; open it as the mail or feed has it.")
}

func parseLink(q url.Values) (Link, error) {
	l := Link{Moderator: q.Get("by"), Action: Action(q.Get("do")), state: q.Get("as")}
	until, err := strconv.ParseInt(q.Get("until"), 10, 64)
	if err != nil || l.Action.status() == "" {
		return l, errForgedLink()
	}
	l.Expires = time.Unix(until, 0)
	if l.mac, err = base64.RawURLEncoding.DecodeString(q.Get("mac")); err != nil || len(l.mac) != linkMAC {
		return l, errForgedLink()
	}
	if l.Comment, err = ParseID(q.Get("id")); err != nil {
		return l, errForgedLink()
	}
	return l, nil
}

func (s *Service) moderator(ctx context.Context, name string) (Moderator, error) {
	all, err := s.Store.Moderators(ctx)
	if err != nil {
		return Moderator{}, err
	}
	for _, m := range all {
		if m.Name == name {
			return m, nil
		}
	}
	return Moderator{}, NewError(Forbidden, "There is no moderator of this name any more.")
}

// Fresh reports whether a link's comment is still as it was when the link was
// made.
func (l Link) Fresh(c Comment) bool { return l.state == c.state() }

// ActByLink does what a link allows. It returns Conflict where the comment has
// been changed or decided about since the link was made.
func (s *Service) ActByLink(ctx context.Context, q url.Values) (Comment, error) {
	l, m, c, err := s.OpenLink(ctx, q)
	if err != nil {
		return c, err
	}
	if !l.Fresh(c) {
		return c, NewError(Conflict, "This comment has been decided about or edited since this link was made; it is %s now.", c.Status)
	}
	now := s.now()
	changed, err := s.update(ctx, c.Site, m.Name, []ID{c.ID}, func(c *Comment) error {
		switch {
		case !l.Fresh(*c):
			return NewError(Conflict, "This comment has been decided about or edited since this link was made; it is %s now.", c.Status)
		case l.Action == Remove:
			c.erase(now, m.Name)
		default:
			c.Status, c.Decided, c.By = l.Action.status(), now, m.Name
		}
		return nil
	})
	if err != nil {
		return c, err
	}
	if l.Action == Approve {
		err = s.acquaint(ctx, m.Name, c.Site, changed)
	}
	return changed[0], err
}

// FeedToken is the unguessable part of the address of a moderator's private
// feed. Raising the moderator's Serial makes it another one.
func (k Keyring) FeedToken(m Moderator) string {
	return base64.RawURLEncoding.EncodeToString(k.Sign("queue feed", m.Name, strconv.FormatInt(m.Serial, 10))[:linkMAC])
}

// OpenFeed returns the moderator whose feed has this token, or NotFound.
func (s *Service) OpenFeed(ctx context.Context, name, token string) (Moderator, error) {
	nothing := NewError(NotFound, "There is no feed at this address; its owner may have revoked it.")
	m, err := s.moderator(ctx, name)
	if KindOf(err) == Forbidden {
		return m, nothing
	}
	mac, decodeErr := base64.RawURLEncoding.DecodeString(token)
	if err == nil && (decodeErr != nil || len(mac) != linkMAC || !s.Keys.Signed(mac, "queue feed", m.Name, strconv.FormatInt(m.Serial, 10))) {
		return Moderator{}, nothing
	}
	return m, err
}
