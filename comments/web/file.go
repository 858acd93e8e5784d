package web

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"time"

	"postil/static"
)

// Classes of files, for log and metrics.
const (
	feedFiles = iota
	siteFiles
	assetFiles
	fileClasses
	notAFile = -1
)

// filePatterns names the classes.
var filePatterns = [fileClasses]string{"/feeds/*", "/sites/*", "/static/*"}

// fileClass says where publishers may have a file. Those under /static/ are
// the built files of earlier versions, which blogs still name.
func fileClass(path string) int {
	switch {
	case strings.HasPrefix(path, "/feeds/"):
		return feedFiles
	case strings.HasPrefix(path, "/sites/"):
		return siteFiles
	case strings.HasPrefix(path, "/static/"):
		return assetFiles
	}
	return notAFile
}

// servePublished answers GET and HEAD of a file that publishers wrote.
func (s *server) servePublished(w http.ResponseWriter, r *http.Request, class int, path string) {
	f, err := s.Files.File(r.Context(), path)
	if err == nil {
		s.serveFile(w, r, class, f)
		return
	}
	s.wrap(route{pattern: filePatterns[class], voice: asAsked, serve: func(w *response, _ *http.Request) error {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		return follow(w, err)
	}})(w, r)
}

// follow sends the client where an error knows a better address, and tells it
// what is gone for good; other errors it returns.
func follow(w *response, err error) error {
	if gone, ok := errors.AsType[interface {
		error
		Gone() bool
	}](err); ok && gone.Gone() {
		return &refusal{status: http.StatusGone, text: gone.Error()}
	}
	moved, ok := errors.AsType[interface {
		error
		Location() string
	}](err)
	if !ok {
		return err
	}
	redirect(w, http.StatusPermanentRedirect, moved.Location())
	return nil
}

// serveFile answers GET and HEAD of a file. This is the way of nearly every
// request: it allocates nothing of its own but what the log needs.
func (s *server) serveFile(w http.ResponseWriter, r *http.Request, class int, f *static.File) {
	start := time.Now()
	status, sent := s.sendFile(w, r, class, f)
	took := time.Since(start)
	s.metrics.file(class, r.Method, status, took)
	if s.AccessLog {
		s.access(r, filePatterns[class], &response{id: requestID(), status: status, bytes: sent}, took)
	}
}

func (s *server) sendFile(w http.ResponseWriter, r *http.Request, class int, f *static.File) (status int, sent int64) {
	prepared := s.headers.of(f, class)
	coding := chooseCoding(r.Header["Accept-Encoding"], f)
	if coding == unacceptable {
		return s.sendUnacceptable(w, r)
	}
	h := w.Header()
	prepared.set(h, coding)
	if isSpecial(r.Header) {
		prepared.setContent(h, coding)
		return sendSpecial(w, r, f, coding)
	}
	if isUnmodified(r.Header, prepared.twins[coding].etag[0], f.Modified) {
		w.WriteHeader(http.StatusNotModified)
		return http.StatusNotModified, 0
	}
	prepared.setContent(h, coding)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return http.StatusOK, 0
	}
	n, _ := w.Write(twin(f, coding)) // a reader who went away is no fault
	return http.StatusOK, int64(n)
}

// isSpecial reports whether a request asks for parts, or has conditions that
// are rare for reading.
func isSpecial(h http.Header) bool {
	return h["Range"] != nil || h["If-Match"] != nil || h["If-Unmodified-Since"] != nil
}

// sendSpecial leaves ranges and rare conditions to net/http.
func sendSpecial(w http.ResponseWriter, r *http.Request, f *static.File, coding int) (status int, sent int64) {
	w.Header().Del("Content-Length") // of the whole
	res := &response{ResponseWriter: w}
	http.ServeContent(res, r, "", f.Modified, bytes.NewReader(twin(f, coding)))
	return res.status, res.bytes
}

// sendUnacceptable answers a client that excludes even the file as it is.
func (s *server) sendUnacceptable(w http.ResponseWriter, r *http.Request) (status int, sent int64) {
	res := &response{ResponseWriter: w, id: requestID()}
	res.Header().Set("Vary", "Accept-Encoding")
	res.Header().Set("Access-Control-Allow-Origin", "*")
	s.fail(res, r, asProblem, &refusal{
		status: http.StatusNotAcceptable,
		text:   "This file is at hand in none of the codings that Accept-Encoding allows.",
	})
	return res.status, res.bytes
}
