package main

import (
	"context"
	"time"

	"postil/comments"
)

// When a server tidies up. Several may do it on one database at once: what one
// has done is nothing to do for the next.
const (
	tidyFirst = time.Minute // after the start
	tidyEvery = time.Hour
)

// tidy does what time does to each site, until ctx ends.
func (s *parts) tidy(ctx context.Context, first, every time.Duration) {
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		s.tidyAll(ctx)
		timer.Reset(every)
	}
}

// tidyAll goes on with the next site where one fails.
func (s *parts) tidyAll(ctx context.Context) {
	sites, err := s.store.Sites(ctx)
	if err != nil && ctx.Err() == nil {
		s.log.Error("nothing is tidied up: the sites cannot be read; it is tried again within the hour", "error", err)
	}
	for _, site := range sites {
		done, err := s.service.Tidy(ctx, site)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("tidying up a site failed; it is tried again within the hour", "site", site.Host, "error", err)
		case done != comments.Tidied{}:
			s.log.Info("tidied up", "site", site.Host, "held_erased", done.Held, "spam_erased", done.Spam, "unconfirmed_removed", done.Unconfirmed, "threads_closed", done.Closed)
		}
	}
}
