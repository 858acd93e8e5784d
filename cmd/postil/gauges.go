package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postil/comments"
)

const (
	// gaugeLimit is how far the gauges count: one number is enough to tell
	// that somebody should look.
	gaugeLimit = 10_000
	// gaugeTimeout bounds what a scrape may cost.
	gaugeTimeout = 2 * time.Second
)

// gauges say what waits, of all sites together. They ask the database at each
// scrape, so that all processes say the same.
type gauges struct {
	store        comments.Store
	held, outbox *prometheus.Desc
}

func newGauges(store comments.Store) *gauges {
	return &gauges{
		store: store,
		held:  prometheus.NewDesc("postil_comments_held", "Comments that wait for a moderator, counted up to 10000.", nil, nil),
		outbox: prometheus.NewDesc("postil_outbox_deliveries",
			"Mails, webhook calls and pings that are not sent, by state, counted up to 10000 each.", []string{"state"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	to <- g.held
	to <- g.outbox
}

// Collect implements prometheus.Collector. What cannot be read is left out.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gaugeTimeout)
	defer cancel()
	if held, err := g.countHeld(ctx); err == nil {
		to <- prometheus.MustNewConstMetric(g.held, prometheus.GaugeValue, float64(held))
	}
	for _, state := range states {
		if list, err := g.store.Deliveries(ctx, "", state, gaugeLimit); err == nil {
			to <- prometheus.MustNewConstMetric(g.outbox, prometheus.GaugeValue, float64(len(list)), string(state))
		}
	}
}

func (g *gauges) countHeld(ctx context.Context) (held int64, err error) {
	sites, err := g.store.Sites(ctx)
	for _, site := range sites {
		counts, err := g.store.Tally(ctx, site.Host, gaugeLimit)
		if err != nil {
			return 0, err
		}
		held += counts[comments.Held]
	}
	return min(held, gaugeLimit), err
}
