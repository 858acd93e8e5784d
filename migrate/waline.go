package migrate

import (
	"context"
	"encoding/json"
	"strings"

	"postil/comments"
)

func walineFormat() *Format {
	return &Format{
		Name: "waline", Source: "waline", Describe: "an export of Waline (JSON)", text: readWaline,
		looks: func(h *heading) bool { return !h.list && (h.keys["type=waline"] || h.has("data.Comment")) },
	}
}

func leancloudFormat() *Format {
	return &Format{
		Name: "leancloud", Source: "leancloud", Describe: "a class dump of LeanCloud, of Valine or Waline (JSON)", text: readLeancloud,
		looks: func(h *heading) bool {
			return h.has("objectId", "comment") || h.has("results.objectId", "results.comment") ||
				strings.HasPrefix(strings.TrimSpace(string(h.text)), "#filetype:JSON-streaming")
		},
	}
}

// valineComment is how Valine, and Waline after it, keep a comment.
type valineComment struct {
	ObjectID, ID, Nick, Mail, Link, URL, Status scalar
	PID, RID, InsertedAt, CreatedAt             scalar
	Comment                                     string
	UserID                                      scalar `json:"user_id"`
	IsSpam                                      bool
	Sticky                                      scalar
	Like                                        scalar
}

func (c *valineComment) item() Item {
	source, markup := language(c.Comment)
	written := c.InsertedAt // createdAt is when the row was made, which an earlier move may have done
	if written == "" {
		written = c.CreatedAt
	}
	id := c.ObjectID
	if id == "" {
		id = c.ID
	}
	r := &comments.Record{
		Origin: comments.Origin{ID: id.String()}, Parent: c.PID.String(),
		Author: comments.Author{Name: c.Nick.String(), Website: website(c.Link.String())}, Email: c.Mail.String(),
		Source: source, Markup: markup, Status: comments.Published, Created: parseTime(written.String()),
		Pinned: truth(c.Sticky.String(), false), Votes: number(c.Like.String()),
	}
	if r.Parent == "" {
		r.Parent = c.RID.String()
	}
	item := Item{Thread: Thread{Key: c.URL.String(), Address: c.URL.String()}, Comment: r, By: c.UserID.String()}
	switch {
	case c.Status == "spam" || c.IsSpam:
		item.Skip = Spam
	case c.Status == "waiting":
		r.Status = comments.Held
	}
	return item
}

func valineRow(raw json.RawMessage, _ Place) (Item, error) {
	var c valineComment
	if err := json.Unmarshal(raw, &c); err != nil {
		return Item{}, err
	}
	return c.item(), nil
}

func readWaline(_ context.Context, s *stream, pass emit) {
	walkJSON(s, pass, map[string]rowReader{
		"data.Comment": valineRow,
		"data.Users": func(raw json.RawMessage, _ Place) (Item, error) {
			var u struct {
				ObjectID, ID, Email, URL scalar
				DisplayName              scalar `json:"display_name"`
			}
			if err := json.Unmarshal(raw, &u); err != nil {
				return Item{}, err
			}
			id := u.ObjectID
			if id == "" {
				id = u.ID
			}
			return Item{Person: &Person{Key: id.String(), Name: u.DisplayName.String(), Website: website(u.URL.String()), Email: u.Email.String()}, Note: true}, nil
		},
	})
}

// readLeancloud reads what LeanCloud writes (JSON lines behind a line that
// names their type), what its API answers ({"results": […]}), and what people
// make of either: an array.
func readLeancloud(_ context.Context, s *stream, pass emit) {
	head, _ := s.text.Peek(headSize / 2)
	text := strings.TrimLeft(string(head), " \t\r\n")
	first, rest, _ := strings.Cut(text, "\n")
	lines := strings.HasPrefix(text, "#filetype:") || strings.HasPrefix(strings.TrimSpace(rest), "{") && json.Valid([]byte(first))
	if lines {
		walkLines(s, pass, valineRow)
		return
	}
	walkJSON(s, pass, map[string]rowReader{"": valineRow, "results": valineRow})
}
