package admin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"

	"postil/comments"
	"postil/static"
)

// language is that of the moderators' pages.
const language = "en"

// wrap runs a route and answers its errors.
func (s *server) wrap(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r, id: fmt.Sprintf("%016x", rand.Uint64()), lang: language}
		privately(v.header())
		if err := s.guarded(rt, v); err != nil {
			s.fail(v, err)
		}
	}
}

// privately sets what all answers say beside their policy: they hold readers' words, so they are
// neither kept nor listed nor framed, and nobody else learns their addresses.
// Own pages do, without which browsers would send "Origin: null" with forms.
func privately(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers without frame-ancestors
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

// guarded lets in who may, and turns a panic into an error. What was panicked
// with may hold a reader's words; it is kept only if the Go runtime wrote it.
func (s *server) guarded(rt route, v *visit) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		text := fmt.Sprintf("%T", p)
		if fault, ok := p.(runtime.Error); ok {
			text = fault.Error()
		}
		err = fmt.Errorf("panic: %s\n%s", text, debug.Stack())
	}()
	if err := s.admit(rt, v); err != nil {
		return err
	}
	if v.r.Method == http.MethodPost {
		if err := v.read(); err != nil {
			return err
		}
	}
	return rt.serve(v)
}

// admit checks where a request comes from and who sends it.
func (s *server) admit(rt route, v *visit) (err error) {
	if rt.audience == anyone {
		return s.checkOrigin(v.r, true)
	}
	if err := s.checkTransport(v.r); err != nil {
		return err
	}
	if err := s.checkOrigin(v.r, false); err != nil {
		return err
	}
	if v.who, err = s.gate.enter(v.r, s.network(v.r)); err != nil {
		v.who = comments.Moderator{}
		return err
	}
	if rt.audience == admins && v.who.Role != comments.RoleAdmin {
		return &refusal{status: http.StatusForbidden, text: "admins", back: s.path + "/admin/queue"}
	}
	return nil
}

// checkOrigin refuses forms of other sites, which browsers would send with the
// moderator's password.
//
// A page that gives no referrer, as those of links do, sends "Origin: null"
// with its own form. Where a browser says nothing else about where a request
// comes from, which is without TLS, that must do: such a form proves by its
// link that its sender has it.
func (s *server) checkOrigin(r *http.Request, capability bool) error {
	if capability && r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return nil
	}
	if s.protection.Check(r) != nil {
		return &refusal{status: http.StatusForbidden, text: "origin", back: s.path + "/admin/queue"}
	}
	return nil
}

// write answers with a page.
func (v *visit) write(status int, render func(io.Writer) error) error {
	var body bytes.Buffer
	if err := render(&body); err != nil {
		return err
	}
	v.header().Set("Content-Type", "text/html; charset=utf-8")
	v.started = true
	v.w.WriteHeader(status)
	_, _ = v.w.Write(body.Bytes()) // a moderator who went away is no fault
	return nil
}

// see sends the browser to a page of ours, so that loading again posts nothing
// again.
func (s *server) see(v *visit, target string) { v.redirect(s.path + target) }

// redirect answers without a body, which http.Redirect would write.
func (v *visit) redirect(location string) {
	v.header().Set("Location", location)
	v.started = true
	v.w.WriteHeader(http.StatusSeeOther)
}

// seeDone goes back to where a form was, with word of what it did.
func (s *server) seeDone(v *visit, fallback, done string, details ...string) {
	u := s.backURL(v, fallback)
	q := u.Query()
	for i := 0; i < len(details); i += 2 {
		q.Set(details[i], details[i+1])
	}
	q.Set("done", done)
	u.RawQuery = q.Encode()
	v.redirect(u.String())
}

// backURL is the page of ours that a form says it was on. What says another
// place is not followed there.
func (s *server) backURL(v *visit, fallback string) *url.URL {
	u, err := url.Parse(v.typed("back"))
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, s.path+"/admin/") {
		return &url.URL{Path: s.path + fallback}
	}
	return &url.URL{Path: u.Path, RawQuery: u.RawQuery, Fragment: u.Fragment}
}

// fail answers an error with a page, and logs it if it is ours.
func (s *server) fail(v *visit, err error) {
	f := v.faultOf(err)
	s.logFault(v, f, err)
	if v.started {
		return // nothing can be added to the answer
	}
	if f.back == "" && v.form.Has("back") {
		f.back = s.backURL(v, "/admin/queue").String()
	}
	f.set(v.header())
	view := static.AdminProblemPage{
		AdminPage: s.page(v, "", static.Text(v.lang, f.titleKey())), Text: f.sentence(v.lang), BackURL: f.back,
	}
	if err := v.write(f.status, func(out io.Writer) error { return static.RenderAdminProblem(out, view) }); err != nil {
		http.Error(v.w, view.Text, f.status)
	}
}

// logFault notes our own failures, but not those that follow from a browser
// that went away; and that somebody seems to be guessing.
func (s *server) logFault(v *visit, f fault, err error) {
	if e, ok := errors.AsType[*slowed](err); ok && e.first {
		s.Log.Warn("wrong passwords on the moderators' pages; further tries of that network are slowed")
	}
	if f.status < http.StatusInternalServerError || v.r.Context().Err() != nil {
		return
	}
	s.Log.LogAttrs(v.r.Context(), slog.LevelError, "moderators' page failed",
		slog.Int("status", f.status), slog.String("request", v.id), slog.String("error", err.Error()))
}
