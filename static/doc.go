// Package static holds the bytes for browsers: the script, the styles, the
// page templates and the texts in every language, embedded and with their
// integrity values. It knows nothing of comments.
package static
