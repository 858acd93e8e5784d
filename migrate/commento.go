package migrate

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"postil/comments"
)

// Authors that are nobody in particular.
const (
	commentoAnonymous   = "anonymous"
	comentarioAnonymous = "00000000-0000-0000-0000-000000000000"
)

// commentoDeleted stands for the words of a deleted comment, whose flag is
// not always set.
const commentoDeleted = "[deleted]"

func commentoFormat() *Format {
	return &Format{
		Name: "commento", Source: "commento", Describe: "an export of Commento or Comentario (JSON)", text: readCommento,
		looks: func(h *heading) bool {
			return !h.list && h.keys["version"] && (h.has("comments.commentHex") || h.has("comments.markdown", "comments.userCreated") ||
				h.has("pages.domainId") || h.has("commenters.commenterHex") || h.has("comments", "commenters"))
		},
	}
}

// readCommento reads version 1 of Commento and its forks, and versions 1 to 3
// of Comentario. The version may stand anywhere; rows tell theirs by their
// keys.
func readCommento(_ context.Context, s *stream, pass emit) {
	walkJSON(s, pass, map[string]rowReader{
		"comments":   func(raw json.RawMessage, _ Place) (Item, error) { return commentoComment(raw) },
		"commenters": func(raw json.RawMessage, _ Place) (Item, error) { return commentoPerson(raw) },
		"pages":      func(raw json.RawMessage, _ Place) (Item, error) { return comentarioPage(raw) },
	})
}

// commentoRow is a comment of any version: fields that one has not are empty.
type commentoRow struct {
	CommentHex, Domain, URL, CommenterHex, ParentHex, State, CreationDate  scalar // Commento, Comentario 2
	ID, ParentID, PageID, CreatedTime, EditedTime, UserCreated, AuthorName scalar // Comentario 3
	Host, Path                                                             scalar // Comentario 2
	IsSticky, IsApproved, IsPending, IsDeleted, Deleted                    bool
	Markdown, HTML                                                         string
	Score                                                                  float64
}

func commentoComment(raw json.RawMessage) (Item, error) {
	var c commentoRow
	if err := json.Unmarshal(raw, &c); err != nil {
		return Item{}, err
	}
	r := &comments.Record{Status: comments.Published, Pinned: c.IsSticky, Votes: int64(c.Score)}
	r.Source, r.Markup = c.HTML, comments.SourceHTML
	if strings.TrimSpace(c.Markdown) != "" {
		r.Source, r.Markup = language(c.Markdown)
	}
	item := Item{Comment: r}
	if c.ID != "" {
		c.comentario(&item)
	} else {
		c.commento(&item)
	}
	if c.IsDeleted || c.Deleted || strings.TrimSpace(c.Markdown) == commentoDeleted {
		item.Skip = Deleted
	}
	return item, nil
}

// commento takes in what version 1 has, and version 2, which names hosts and
// paths apart.
func (c *commentoRow) commento(item *Item) {
	r := item.Comment
	r.Origin.ID, r.Parent, r.Created = c.CommentHex.String(), c.ParentHex.String(), parseTime(c.CreationDate.String())
	if r.Parent == "root" {
		r.Parent = ""
	}
	host, path := c.Domain.String(), c.URL.String()
	if c.Host != "" || c.Path != "" {
		host, path = c.Host.String(), c.Path.String()
	}
	address := path
	if !strings.Contains(path, "://") && host != "" {
		address = "https://" + host + "/" + strings.TrimPrefix(path, "/")
	}
	item.Thread = Thread{Key: address, Address: address}
	if by := c.CommenterHex.String(); by != commentoAnonymous && strings.Trim(by, "0") != "" {
		item.By = by
	}
	if c.State != "approved" && c.State != "" { // unapproved, or flagged by readers
		r.Status = comments.Held
	}
}

func (c *commentoRow) comentario(item *Item) {
	r := item.Comment
	r.Origin.ID, r.Parent = c.ID.String(), c.ParentID.String()
	r.Created, r.Edited = parseTime(c.CreatedTime.String()), parseTime(c.EditedTime.String())
	r.Author.Name = c.AuthorName.String()
	item.Thread = Thread{Key: c.PageID.String()}
	if r.Parent == comentarioAnonymous {
		r.Parent = ""
	}
	if by := c.UserCreated.String(); by != comentarioAnonymous {
		item.By = by
	}
	switch {
	case c.IsPending:
		r.Status = comments.Held
	case !c.IsApproved:
		item.Skip = Spam // rejected: by a moderator, or as spam
	}
}

func commentoPerson(raw json.RawMessage) (Item, error) {
	var p struct{ CommenterHex, ID, Email, Name, Link, WebsiteURL scalar }
	if err := json.Unmarshal(raw, &p); err != nil {
		return Item{}, err
	}
	person := &Person{Key: p.CommenterHex.String() + p.ID.String(), Name: p.Name.String(), Website: website(p.Link.String() + p.WebsiteURL.String()), Email: p.Email.String()}
	if person.Key == "" {
		return Item{}, fmt.Errorf("an author has no id")
	}
	if person.Name == "undefined" {
		person.Name = ""
	}
	return Item{Person: person, Note: true}, nil
}

func comentarioPage(raw json.RawMessage) (Item, error) {
	var p struct {
		ID, Path   scalar
		IsReadonly bool
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return Item{}, err
	}
	return Item{Thread: Thread{Key: p.ID.String(), Address: p.Path.String(), Closed: p.IsReadonly}}, nil
}
