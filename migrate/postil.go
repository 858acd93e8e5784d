package migrate

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postil/comments"
)

// postilName and postilVersion stand in the first line of Postil's export.
// A version that older programs cannot read whole raises it.
const (
	postilName    = "postil"
	postilVersion = 1
)

type postilHeader struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Since   time.Time `json:"since,omitzero"`
}

type postilSite struct {
	Type     string            `json:"type"`
	Site     string            `json:"site"`
	Epoch    comments.ID       `json:"epoch"`
	Created  time.Time         `json:"created"`
	Settings comments.Settings `json:"settings"`
}

type postilThread struct {
	Type    string          `json:"type"`
	Site    string          `json:"site"`
	Page    comments.Page   `json:"page"`
	Closed  bool            `json:"closed,omitempty"`
	Aliases []comments.Page `json:"aliases,omitempty"`
}

// postilComment is a comment with all that is known of it. HTML is for other
// readers: when it comes back it is rendered anew.
type postilComment struct {
	Type        string            `json:"type"`
	Site        string            `json:"site"`
	Page        comments.Page     `json:"page"`
	ID          comments.ID       `json:"id"`
	Parent      comments.ID       `json:"parent,omitzero"`
	Number      int64             `json:"number,omitempty"`
	Status      comments.Status   `json:"status"`
	Name        string            `json:"name,omitempty"`
	Website     string            `json:"website,omitempty"`
	Badge       string            `json:"badge,omitempty"`
	Owner       bool              `json:"owner,omitempty"`
	Created     time.Time         `json:"created"`
	Edited      time.Time         `json:"edited,omitzero"`
	Decided     time.Time         `json:"decided"`
	By          string            `json:"by,omitempty"`
	Pinned      bool              `json:"pinned,omitempty"`
	Verdicts    comments.Verdicts `json:"verdicts,omitempty"`
	Votes       int64             `json:"votes,omitempty"`
	Origin      string            `json:"origin,omitempty"`
	OriginID    string            `json:"origin_id,omitempty"`
	EditKey     hashText          `json:"edit_key,omitzero"`
	Idempotency hashText          `json:"idempotency,omitzero"`
	Fingerprint hashText          `json:"fingerprint,omitzero"`
	Markup      comments.Markup   `json:"markup"`
	Source      string            `json:"source"`
	HTML        string            `json:"html"`
}

// hashText is a Hash in hexadecimal.
type hashText comments.Hash

func (h hashText) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

func (h *hashText) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(h) {
		return errors.New("a hash is not 64 hexadecimal digits")
	}
	copy(h[:], raw)
	return nil
}

func postilFormat() *Format {
	return &Format{
		Name: postilName, Source: postilName, Describe: "an export of Postil (JSON lines)", text: readPostil,
		looks: func(h *heading) bool { return !h.list && h.has("format=postil") },
	}
}

func readPostil(_ context.Context, s *stream, pass emit) {
	first := true
	walkLines(s, func(item Item, err error) bool {
		if _, damaged := errors.AsType[*Damage](err); damaged && first {
			pass(Item{}, errors.New(err.Error())) // what follows could be of any kind
			return false
		}
		first = false
		return pass(item, err)
	}, func(raw json.RawMessage, place Place) (Item, error) {
		if first {
			first = false
			return Item{}, checkPostil(raw)
		}
		return postilRow(raw)
	})
}

func checkPostil(raw json.RawMessage) error {
	var h postilHeader
	if err := json.Unmarshal(raw, &h); err != nil {
		return err
	}
	if h.Format != postilName || h.Version != postilVersion {
		return fmt.Errorf("is of version %d; version %d is known here, newer ones need a newer postil", h.Version, postilVersion)
	}
	return errRowRead
}

func postilRow(raw json.RawMessage) (Item, error) {
	var kind struct{ Type string }
	if err := json.Unmarshal(raw, &kind); err != nil {
		return Item{}, err
	}
	switch kind.Type {
	case "site":
		var s postilSite
		err := json.Unmarshal(raw, &s)
		return Item{Site: &comments.Site{Host: s.Site, Epoch: s.Epoch, Created: s.Created, Settings: s.Settings}, Note: true}, err
	case "thread":
		var t postilThread
		if err := json.Unmarshal(raw, &t); err != nil {
			return Item{}, err
		}
		for _, alias := range t.Aliases {
			if _, err := comments.CanonicalPage(string(alias), nil); err != nil {
				return Item{}, fmt.Errorf("the alias %q cannot be kept: %w", alias, err)
			}
		}
		return Item{Of: t.Site, Thread: Thread{Key: string(t.Page), Address: string(t.Page), Closed: t.Closed, Exact: true, Aliases: t.Aliases}, Note: true}, nil
	case "comment":
		return postilCommentRow(raw)
	}
	return Item{}, fmt.Errorf("is a line of the unknown type %q", kind.Type)
}

func postilCommentRow(raw json.RawMessage) (Item, error) {
	var c postilComment
	if err := json.Unmarshal(raw, &c); err != nil {
		return Item{}, err
	}
	badge, err := comments.ParseBadge(c.Badge)
	if err != nil && c.Badge != "" {
		return Item{}, err
	}
	whole := comments.Comment{
		ID: c.ID, Page: c.Page, Parent: c.Parent, Number: c.Number, Status: c.Status,
		Author: comments.Author{Name: c.Name, Website: c.Website, Badge: badge, Owner: c.Owner},
		Source: c.Source, Markup: c.Markup, Created: c.Created.UTC(), Edited: c.Edited.UTC(), Decided: c.Decided.UTC(), By: c.By,
		Pinned: c.Pinned, Verdicts: c.Verdicts, Origin: comments.Origin{Source: c.Origin, ID: c.OriginID},
		EditKey: comments.Hash(c.EditKey), Idempotency: comments.Hash(c.Idempotency), Fingerprint: comments.Hash(c.Fingerprint),
	}
	item := Item{Of: c.Site, Thread: Thread{Key: string(c.Page), Address: string(c.Page), Exact: true}, Exact: &Exact{whole, c.Votes}}
	item.Comment = &comments.Record{
		Origin: comments.Origin{ID: c.ID.String()}, Status: c.Status, Created: whole.Created, Source: c.Source,
	}
	if !c.Parent.IsZero() {
		item.Comment.Parent = c.Parent.String()
	}
	return item, nil
}
