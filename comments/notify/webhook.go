package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"postil/comments"
)

// notice is the body of a call; see the documentation of the package.
type notice struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      noticed   `json:"data"`
}

// noticed is a comment as a webhook is told of it.
type noticed struct {
	Event    int64           `json:"event"`
	Site     string          `json:"site"`
	Page     comments.Page   `json:"page"`
	ID       comments.ID     `json:"id"`
	Parent   comments.ID     `json:"parent,omitzero"`
	Status   comments.Status `json:"status"`
	By       string          `json:"by,omitempty"`
	Link     string          `json:"link"`
	Created  time.Time       `json:"created"`
	Name     string          `json:"name,omitempty"`
	Website  string          `json:"website,omitempty"`
	Source   string          `json:"source,omitempty"`
	Markup   comments.Markup `json:"markup,omitempty"`
	HTML     comments.HTML   `json:"html,omitempty"`
	Verdicts map[string]int  `json:"verdicts,omitempty"`
}

// webhook calls a webhook about an event.
func (c *Courier) webhook(ctx context.Context, d comments.Delivery) outcome {
	site, body, err := c.notice(ctx, d)
	if err != nil {
		return lookedUp(err)
	}
	id, timestamp := d.ID.String(), strconv.FormatInt(c.Now().Unix(), 10)
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set("webhook-id", id)
	header.Set("webhook-timestamp", timestamp)
	header.Set("webhook-signature", signature(c.Keys, d.Site, d.Target, id, timestamp, body))
	return c.call(ctx, c.clientFor(site.Settings, d.Target), d.Target, body, header)
}

// notice looks up what a webhook is to be told.
func (c *Courier) notice(ctx context.Context, d comments.Delivery) (comments.Site, string, error) {
	site, err := c.site(ctx, d.Site)
	if err != nil {
		return site, "", err
	}
	if !slices.Contains(site.Settings.Webhooks, d.Target) {
		return site, "", errPointless
	}
	events, err := c.Store.Events(ctx, d.Site, d.Event-1, 1)
	if err != nil {
		return site, "", err
	}
	if len(events) == 0 || events[0].Number != d.Event {
		return site, "", errPointless
	}
	about, err := c.Store.Find(ctx, d.Comment)
	if err != nil {
		return site, "", err
	}
	body, err := json.Marshal(notice{Type: "comment." + string(events[0].Kind), Timestamp: events[0].At, Data: tell(site, events[0], about)})
	return site, string(body), err
}

func tell(site comments.Site, e comments.Event, c comments.Comment) noticed {
	n := noticed{
		Event: e.Number, Site: c.Site, Page: c.Page, ID: c.ID, Parent: c.Parent, Status: c.Status, By: e.By,
		Link: linkTo(site, c), Created: c.Created,
	}
	if c.Status == comments.Deleted {
		return n
	}
	n.Name, n.Website, n.Source, n.Markup = c.Author.Name, c.Author.Website, c.Source, c.Markup
	if c.Status == comments.Published {
		n.HTML = c.HTML
		return n
	}
	n.Verdicts = map[string]int{}
	for _, v := range c.Verdicts.List() {
		n.Verdicts[v.Name] = v.Points
	}
	return n
}
