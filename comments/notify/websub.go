package notify

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"postil/comments"
)

const (
	maxTopics = 100         // feeds named in one ping
	pingStep  = 200         // events read at once
	maxPinged = 2000        // events looked at; of what changed before, only the latest comments are named
	clockSlip = time.Minute // by which times of neighbouring events may be out of order
)

// websub tells a hub which feeds of a site differ. Its form is the one that
// hubs in use understand (PubSubHubbub 0.4 §7), since WebSub leaves it open.
func (c *Courier) websub(ctx context.Context, d comments.Delivery) outcome {
	site, err := c.site(ctx, d.Site)
	if err == nil && site.Settings.Hub != d.Target {
		err = errPointless
	}
	if err != nil {
		return lookedUp(err)
	}
	topics, err := c.topics(ctx, d)
	if err != nil {
		return lookedUp(err)
	}
	form := url.Values{"hub.mode": {"publish"}, "hub.url": topics, "hub.topic": topics}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	return c.call(ctx, c.clientFor(site.Settings, d.Target), d.Target, form.Encode(), header)
}

// topics returns the feeds that may have changed since the first event that a
// delivery is about.
func (c *Courier) topics(ctx context.Context, d comments.Delivery) ([]string, error) {
	list := []string{c.LatestURL(d.Site)}
	asked, named := map[comments.ID]bool{}, map[comments.Page]bool{}
	for before := int64(0); len(asked) < maxPinged; {
		trail, err := c.Store.Trail(ctx, d.Site, comments.ID{}, before, pingStep)
		if err != nil {
			return nil, err
		}
		for _, e := range trail {
			if e.At.Before(d.Created.Add(-clockSlip)) || len(list) == maxTopics {
				return list, nil
			}
			if before = e.Number; asked[e.Comment] {
				continue
			}
			asked[e.Comment] = true
			about, err := c.Store.Find(ctx, e.Comment)
			if err != nil && comments.KindOf(err) != comments.NotFound {
				return nil, err
			}
			if about.Number > 0 && !named[about.Page] {
				named[about.Page] = true
				list = append(list, c.FeedURL(d.Site, about.Page))
			}
		}
		if len(trail) < pingStep {
			break
		}
	}
	return list, nil
}
