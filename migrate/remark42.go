package migrate

import (
	"context"
	"encoding/json"
	"errors"

	"postil/comments"
)

// remark42Version is that of the only backup format there has been.
const remark42Version = 1

func remark42Format() *Format {
	return &Format{
		Name: "remark42", Source: "remark42", Describe: "a backup of Remark42 (JSON lines)", text: readRemark42,
		looks: func(h *heading) bool {
			head := h.has("version", "users") && (h.has("posts") || h.cut) // which one of many users hides
			return !h.list && (head && !h.has("comments") || h.has("locator", "text", "user"))
		},
	}
}

// readRemark42 reads a first line that tells of users and posts, and may have
// been cut off, and then one comment a line.
func readRemark42(_ context.Context, s *stream, pass emit) {
	walkLines(s, pass, func(raw json.RawMessage, place Place) (Item, error) {
		if place.Line == 1 && !isRemark42Comment(raw) {
			return Item{}, readRemark42Head(raw, place, pass)
		}
		return remark42Comment(raw)
	})
}

func isRemark42Comment(raw json.RawMessage) bool {
	var c struct {
		Locator json.RawMessage `json:"locator"`
	}
	return json.Unmarshal(raw, &c) == nil && c.Locator != nil
}

// errRowRead says that a row has passed on all of itself.
var errRowRead = errors.New("row read")

func readRemark42Head(raw json.RawMessage, place Place, pass emit) error {
	var head struct {
		Version int `json:"version"`
		Users   []struct {
			ID      string `json:"id"`
			Details struct {
				Email string `json:"email"`
			} `json:"details"`
		} `json:"users"`
		Posts []struct {
			URL      string `json:"url"`
			ReadOnly bool   `json:"read_only"`
		} `json:"posts"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	if head.Version != remark42Version {
		return errors.New("is a backup of another version than 1, which is not known here")
	}
	for _, u := range head.Users {
		if u.Details.Email != "" && !pass(Item{Place: place, Person: &Person{Key: u.ID, Email: u.Details.Email}, Note: true}, nil) {
			return errStop
		}
	}
	for _, p := range head.Posts {
		if p.ReadOnly && !pass(Item{Place: place, Thread: Thread{Key: p.URL, Address: p.URL, Closed: true}, Note: true}, nil) {
			return errStop
		}
	}
	return errRowRead
}

func remark42Comment(raw json.RawMessage) (Item, error) {
	var c struct {
		ID, PID, Time scalar
		Text, Orig    string
		User          struct{ Name, ID string }
		Locator       struct{ URL string }
		Score         float64
		Edit          *struct{ Time scalar }
		Pin, Delete   bool
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return Item{}, err
	}
	source, markup := c.Text, comments.SourceHTML
	if c.Orig != "" {
		source, markup = language(c.Orig)
	}
	r := &comments.Record{
		Origin: comments.Origin{ID: c.ID.String()}, Parent: c.PID.String(), Author: comments.Author{Name: c.User.Name},
		Source: source, Markup: markup, Status: comments.Published, Created: parseTime(c.Time.String()), Pinned: c.Pin, Votes: int64(c.Score),
	}
	if c.Edit != nil {
		r.Edited = parseTime(c.Edit.Time.String())
	}
	item := Item{Thread: Thread{Key: c.Locator.URL, Address: c.Locator.URL}, Comment: r, By: c.User.ID}
	if c.Delete || c.User.ID == "deleted" {
		item.Skip = Deleted
	}
	return item, nil
}
