package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"postil/comments"
)

const (
	// maxEcho is how many bytes of a client's own words an error repeats.
	maxEcho = 40
	// maxDrain is how many bytes of a refused body are read to be polite.
	maxDrain = 2 << 20
)

// object is what a JSON object may hold, by the names of its members: *string
// or *bool.
type object map[string]any

// readJSON reads the body of a request: one JSON object whose members are
// strings and booleans, each of them known.
func readJSON(w *response, r *http.Request, members object) error {
	if err := checkMediaType(r, "application/json"); err != nil {
		w.Header().Set("Accept-"+acceptable(r.Method), "application/json")
		return err
	}
	body, err := readBody(r, comments.MaxRequest)
	if err != nil {
		return err
	}
	return decodeObject(body, members)
}

// acceptable completes the name of the header field that lists media types
// for a method: Accept-Post (W3C LDP §7.1) or Accept-Patch (RFC 5789 §3.1).
func acceptable(method string) string {
	if method == http.MethodPatch {
		return "Patch"
	}
	return "Post"
}

func checkMediaType(r *http.Request, want string) error {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || media != want || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return &refusal{status: http.StatusUnsupportedMediaType, text: "The request body must be " + want + " in UTF-8."}
	}
	return nil
}

// readBody returns the whole body, or TooLarge beyond limit bytes. Other
// errors keep no cause: it would name the client's address.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	tooLarge := comments.NewError(comments.TooLarge, "The request body is larger than %d bytes.", limit)
	if r.ContentLength > limit {
		return nil, tooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, comments.NewError(comments.Invalid, "The request body ended before its time.")
	}
	if int64(len(body)) > limit {
		return nil, tooLarge
	}
	return body, nil
}

// drain reads what is left of a body that was refused. Closing a connection
// with bytes unread resets it, which can destroy the answer on its way
// (RFC 9112 §9.6); net/http does not see to that where the client asked to
// close, as nginx does. A client that waits to be told to continue is not.
func drain(w *response, r *http.Request) {
	if r.Header.Get("Expect") == "" {
		_, _ = io.Copy(io.Discard, http.MaxBytesReader(w.ResponseWriter, r.Body, maxDrain))
	}
}

// decodeObject fills the members that the object holds. Unlike
// json.Unmarshal it refuses what would be dropped or guessed: unknown names,
// names in another case, a second value for a name, null, broken UTF-8, and
// anything after the object.
func decodeObject(body []byte, members object) error {
	if !utf8.Valid(body) {
		return comments.NewError(comments.Invalid, "The request body is not valid UTF-8.")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return comments.NewError(comments.Invalid, "The request body is not a JSON object.")
	}
	seen := map[string]bool{}
	for dec.More() {
		if err := decodeMember(dec, members, seen); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return errSyntax(dec)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return comments.NewError(comments.Invalid, "The request body goes on after its JSON object.")
	}
	return nil
}

func decodeMember(dec *json.Decoder, members object, seen map[string]bool) error {
	token, err := dec.Token()
	if err != nil {
		return errSyntax(dec)
	}
	name := token.(string) // the decoder lets nothing else be a name
	target, known := members[name]
	if !known {
		return comments.FieldError(echo(name), "is not known here; known are %s", strings.Join(slices.Sorted(maps.Keys(members)), ", "))
	}
	if seen[name] {
		return comments.FieldError(name, "occurs twice")
	}
	seen[name] = true
	if token, err = dec.Token(); err != nil {
		return errSyntax(dec)
	}
	return assign(name, target, token)
}

// assign stores a value where a member is wanted, if it is of the kind.
func assign(name string, target any, token json.Token) (err error) {
	ok, kind := false, "string"
	switch target := target.(type) {
	case *string:
		*target, ok = token.(string)
	case *bool:
		kind = "boolean"
		*target, ok = token.(bool)
	}
	if !ok {
		return comments.FieldError(name, "must be a JSON %s; leave it out if there is nothing to say", kind)
	}
	return nil
}

func errSyntax(dec *json.Decoder) error {
	return comments.NewError(comments.Invalid, "The request body is not valid JSON at byte %d.", dec.InputOffset())
}

// echo shortens a client's own words.
func echo(s string) string {
	if len(s) <= maxEcho {
		return s
	}
	return strings.ToValidUTF8(s[:maxEcho], "") + "…"
}

// decodeDraft reads the body of POST /api/v1/comments.
func decodeDraft(body []byte) (comments.Draft, error) {
	var d comments.Draft
	var proof string
	err := decodeObject(body, draftMembers(&d, &proof))
	return d, err
}

func draftMembers(d *comments.Draft, proof *string) object {
	return object{
		"site": &d.Site, "page": &d.Page, "parent": &d.Parent, "name": &d.Name,
		"website": &d.Website, "email": &d.Email, "notify": &d.Notify, "body": &d.Body, "key": (*string)(&d.Key), "proof": proof,
	}
}

// writeJSON writes v as the whole answer. A client that does not take it is
// no error of ours.
func writeJSON(w *response, status int, media string, v any) {
	body, err := json.Marshal(v)
	if err != nil { // impossible for the types of this package
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
