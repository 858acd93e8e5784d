package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/httprate"

	"postil/comments"
)

// Rate is how many requests one network of readers may send in a window of
// time. The zero Rate is no limit.
type Rate struct {
	Count  int
	Window time.Duration // at least a second
}

// looser is how many previews and edits go with one comment.
const looser = 10

func (r Rate) validate() error {
	switch {
	case r.Count < 0:
		return errors.New("web: the rate is negative")
	case r.Count > 0 && r.Window < time.Second:
		return errors.New("web: the window of the rate is shorter than a second")
	}
	return nil
}

func (r Rate) times(n int) Rate { return Rate{r.Count * n, r.Window} }

// limiter counts requests by the network they come from, in memory only.
type limiter struct {
	rate    Rate
	clients *clients
	window  *httprate.RateLimiter // nil: no limit
}

func newLimiter(rate Rate, clients *clients) *limiter {
	l := &limiter{rate: rate, clients: clients}
	if rate.Count > 0 {
		l.window = httprate.NewRateLimiter(rate.Count, rate.Window,
			httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"}))
	}
	return l
}

// check counts a request, or returns TooMany and sets when to come back.
func (l *limiter) check(w *response, r *http.Request) error {
	if l.window == nil || !l.window.OnLimit(w, r, l.clients.bucket(r)) {
		return nil
	}
	return comments.NewError(comments.TooMany, "Too much has come from your network; try again in %s.", spoken(l.rate.Window)).Told("fault.rate")
}

// spoken writes a whole number of seconds as people do.
func spoken(d time.Duration) string {
	n, unit := int(d.Seconds()), "second"
	for _, larger := range []struct {
		size int
		name string
	}{{3600, "hour"}, {60, "minute"}} {
		if n >= larger.size && n%larger.size == 0 {
			n, unit = n/larger.size, larger.name
			break
		}
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
