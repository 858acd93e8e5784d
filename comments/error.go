package comments

import (
	"errors"
	"fmt"
	"net/http"
)

// Kind says what sort of failure an [Error] is.
type Kind int

const (
	Internal    Kind = iota // our fault; the text is for the log only
	Invalid                 // the input breaks a rule; Field names the place
	NotFound                // no such site, page or comment
	Forbidden               // wrong key, foreign origin, or the time for it is over
	Conflict                // the same key was used for something else, or the state does not allow it
	TooLarge                // a size limit is exceeded
	TooMany                 // a rate limit is exceeded
	Unavailable             // the database or the output directory cannot be reached now
)

// HTTPStatus is the one table from kinds of failures to HTTP statuses.
// Whatever is wrong with a request's content is 400, be it the JSON or the
// meaning: the field tells more than a second status could.
func (k Kind) HTTPStatus() int {
	switch k {
	case Invalid:
		return http.StatusBadRequest
	case NotFound:
		return http.StatusNotFound
	case Forbidden:
		return http.StatusForbidden
	case Conflict:
		return http.StatusConflict
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case TooMany:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// Error is a failure that its receiver may be told about.
type Error struct {
	Kind  Kind
	Field string // the input field at fault, as the API names it; may be empty
	Text  string // one sentence for a person, with the way to mend it
	Cause error  // for the log; never shown

	// Key is that of the same text in the languages of readers, empty where it
	// is for programs and operators; Values alternate names and what fills them.
	Key    string
	Values []any
}

// Told gives an error the key of its text in other languages, and returns it.
func (e *Error) Told(key string, values ...any) *Error {
	e.Key, e.Values = key, values
	return e
}

func (e *Error) Error() string {
	text := e.Text
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// KindOf returns the Kind of the first *Error in err's chain, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// FieldError returns an Invalid error at a field; the format is a sentence.
func FieldError(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Text: fmt.Sprintf(format, args...)}
}

// NewError returns an error of a kind without a field.
func NewError(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}
