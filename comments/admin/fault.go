package admin

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"postil/comments"
	"postil/static"
)

// retryUnavailable is when a browser may come back after 503.
const retryUnavailable = 2 * time.Second

// refusal is an error of HTTP itself, which the domain has no kind for.
type refusal struct {
	status int
	text   string // key of a text, without "admin.error."
	back   string // where to go on, or empty
}

func (e *refusal) Error() string { return e.text }

// fault is an error as a moderator is told about it.
type fault struct {
	status int
	field  string
	text   string
	back   string
	wait   time.Duration // until it may be tried again
}

func (v *visit) faultOf(err error) fault {
	if errors.Is(err, errNobody) {
		return fault{status: http.StatusUnauthorized, text: static.Text(v.lang, "admin.error.nobody")}
	}
	if e, ok := errors.AsType[*slowed](err); ok {
		return fault{status: http.StatusTooManyRequests, wait: e.wait, text: static.Text(v.lang, "admin.error.slowed", "n", wholeSeconds(e.wait))}
	}
	if e, ok := errors.AsType[*refusal](err); ok {
		return fault{status: e.status, text: static.Text(v.lang, "admin.error."+e.text), back: e.back}
	}
	e, ok := errors.AsType[*comments.Error](err)
	if !ok || e.Kind == comments.Internal {
		return fault{status: http.StatusInternalServerError, text: static.Text(v.lang, "admin.error.ours", "id", v.id)}
	}
	f := fault{status: e.Kind.HTTPStatus(), field: e.Field, text: e.Text}
	if e.Kind == comments.Unavailable {
		f.wait = retryUnavailable
	}
	return f
}

// set puts into the header what an error says there.
func (f fault) set(h http.Header) {
	if f.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wholeSeconds(f.wait)))
	}
	if f.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Postil", charset="UTF-8"`)
	}
}

func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// sentence is the text as one of its own: those about a field are written to
// follow its name.
func (f fault) sentence(lang string) string {
	if f.field == "" {
		return f.text
	}
	name := static.Text(lang, "admin.field."+strings.ReplaceAll(f.field, ".", "_"))
	return strings.TrimPrefix(name, "admin.field.") + " " + f.text
}

// titleKey names the kind of fault in a few words.
func (f fault) titleKey() string {
	switch f.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests:
		return "admin.problem." + strconv.Itoa(f.status)
	}
	if f.status >= http.StatusInternalServerError {
		return "admin.problem.5xx"
	}
	return "admin.problem.4xx"
}
