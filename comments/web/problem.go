package web

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

// retryUnavailable is when a client may come back after 503: about as long
// as a database takes to change over.
const retryUnavailable = 2 * time.Second

// refusal is an error of HTTP itself, which the domain has no kind for.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string { return e.text }

// backlink is an error with the page to which its reader can return.
type backlink struct {
	error
	url string
}

func (e *backlink) Unwrap() error { return e.error }

// fault is an error as its receiver is told about it.
type fault struct {
	status int
	field  string
	text   string // for a person; never what is inside
	back   string // where a person can go on, or empty
	key    string // of the same text in the languages of readers, or empty
	values []any  // that fill it
}

// told returns the field at fault and what is wrong with it, in a reader's
// language where there is a text.
func (f fault) told(lang string) (field, text string) {
	if f.key == "" {
		return f.field, f.text
	}
	text = static.Text(lang, f.key, f.values...)
	switch f.field {
	case "body", "name", "website", "email":
		return f.field, text // which goes on after the field's label
	default:
		return "", text
	}
}

func faultOf(err error, requestID string) fault {
	if e, ok := errors.AsType[*backlink](err); ok {
		f := faultOf(e.error, requestID)
		f.back = e.url
		return f
	}
	if e, ok := errors.AsType[*refusal](err); ok {
		return fault{status: e.status, text: e.text}
	}
	e, ok := errors.AsType[*comments.Error](err)
	if !ok || e.Kind == comments.Internal {
		return fault{
			status: http.StatusInternalServerError,
			text:   "Something went wrong on our side. The operator finds it in the log as request " + requestID + ".",
			key:    "fault.own", values: []any{"id", requestID},
		}
	}
	f := fault{status: e.Kind.HTTPStatus(), field: e.Field, text: e.Text, key: e.Key, values: e.Values}
	if e.Kind == comments.Unavailable {
		f.key, f.values = "fault.busy", nil
	}
	return f
}

// detail is the text as a sentence of its own: those about a field are
// written to follow its name.
func (f fault) detail() string { return strings.TrimPrefix(f.field+" "+f.text, " ") }

// fail answers an error, and logs it if it is ours.
func (s *server) fail(w *response, r *http.Request, v voice, err error) {
	f := faultOf(err, w.id)
	s.logFault(w, r, f, err)
	if w.status != 0 {
		return // the answer has begun; nothing can be added to it
	}
	drain(w, r)
	failHeader(w, f)
	if v == asPage || v == asAsked && wantsPage(r) {
		s.writeProblemPage(w, f)
		return
	}
	writeProblem(w, f)
}

// failHeader sets what every failure says in its header.
func failHeader(w *response, f fault) {
	w.Header().Set("Cache-Control", "no-store")
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(retryUnavailable.Seconds())))
	}
}

// logFault notes our own failures, but not those that follow from a client
// that went away.
func (s *server) logFault(w *response, r *http.Request, f fault, err error) {
	if f.status < http.StatusInternalServerError || r.Context().Err() != nil {
		return
	}
	s.Log.LogAttrs(r.Context(), slog.LevelError, "request failed",
		slog.Int("status", f.status), slog.String("request", w.id), slog.String("error", err.Error()))
}

// problemDocument is an error for programs (RFC 9457). Its type is the
// default, about:blank: the status says it all.
type problemDocument struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"`
}

func writeProblem(w *response, f fault) {
	writeJSON(w, f.status, "application/problem+json", problemDocument{
		Type: "about:blank", Title: http.StatusText(f.status), Status: f.status, Detail: f.detail(), Field: f.field,
	})
}

func (s *server) writeProblemPage(w *response, f fault) {
	view := static.ProblemPage{Page: s.view(defaultLanguage, http.StatusText(f.status)), Status: f.status, Text: f.detail(), BackURL: f.back}
	if err := writePage(w, f.status, csp.Form(), func(out io.Writer) error { return static.RenderProblem(out, view) }); err != nil {
		http.Error(w, f.detail(), f.status)
	}
}

// wantsPage reports whether a person is asking: programs do not ask for HTML.
func wantsPage(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	return strings.Contains(accept, "text/html") || strings.Contains(accept, "application/xhtml+xml")
}
