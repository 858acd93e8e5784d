package migrate

import (
	"context"
	"encoding/json"

	"postil/comments"
)

func artalkFormat() *Format {
	return &Format{
		Name: "artalk", Source: "artalk", Describe: "an export of Artalk (Artrans JSON)", text: readArtalk,
		looks: func(h *heading) bool { return h.list && h.has("page_key", "content") },
	}
}

// readArtalk reads an array of comments in which every value is a string. One
// file holds all sites of a server.
func readArtalk(_ context.Context, s *stream, pass emit) {
	walkJSON(s, pass, map[string]rowReader{"": func(raw json.RawMessage, _ Place) (Item, error) {
		var c struct {
			ID, Rid, Nick, Email, Link scalar
			Content                    string
			IsPending                  scalar `json:"is_pending"`
			IsPinned                   scalar `json:"is_pinned"`
			VoteUp                     scalar `json:"vote_up"`
			VoteDown                   scalar `json:"vote_down"`
			CreatedAt                  scalar `json:"created_at"`
			PageKey                    scalar `json:"page_key"`
			PageAdminOnly              scalar `json:"page_admin_only"`
			SiteName                   scalar `json:"site_name"`
			SiteURLs                   scalar `json:"site_urls"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return Item{}, err
		}
		source, markup := language(c.Content)
		r := &comments.Record{
			Origin: comments.Origin{ID: c.ID.String()}, Parent: c.Rid.String(),
			Author: comments.Author{Name: c.Nick.String(), Website: website(c.Link.String())}, Email: c.Email.String(),
			Source: source, Markup: markup, Status: comments.Published, Created: parseTime(c.CreatedAt.String()),
			Pinned: truth(c.IsPinned.String(), false), Votes: number(c.VoteUp.String()) - number(c.VoteDown.String()),
		}
		if r.Parent == "0" {
			r.Parent = ""
		}
		if truth(c.IsPending.String(), false) {
			r.Status = comments.Held
		}
		page := c.PageKey.String()
		return Item{Comment: r, Thread: Thread{
			Key: c.SiteName.String() + " " + page, Address: page, Hosts: c.SiteURLs.String(), Closed: truth(c.PageAdminOnly.String(), false),
		}}, nil
	}})
}
