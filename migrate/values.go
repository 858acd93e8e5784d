package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// layouts are the ways in which exports write times. Go reads fractions of
// seconds with each of them.
var layouts = [...]string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", time.RFC1123Z, time.RFC1123, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// parseTime reads a time. One without a zone is UTC; digits are seconds, or
// from 10^11 on milliseconds, since 1970. It returns zero for what is no time,
// or not one at which anybody could comment.
func parseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t)
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return unixTime(n)
	}
	return time.Time{}
}

// unixTime turns seconds or milliseconds since 1970 into a time.
func unixTime(n float64) time.Time {
	if !(n > 0 && n < 1e15) {
		return time.Time{}
	}
	if n >= 1e11 {
		return plausible(time.UnixMilli(int64(n)))
	}
	return plausible(time.UnixMicro(int64(n * 1e6)))
}

func plausible(t time.Time) time.Time {
	if t.Unix() <= 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// truth reads a flag as XML Schema (true, false, 1, 0) and databases (t, f)
// write it; anything else is the otherwise.
func truth(s string, otherwise bool) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1", "t", "yes":
		return true
	case "false", "0", "f", "no":
		return false
	default:
		return otherwise
	}
}

// website leaves out what systems write for none.
func website(s string) string {
	switch s = strings.TrimSpace(s); strings.ToLower(s) {
	case "undefined", "null", "none", "#", "http://", "https://":
		return ""
	}
	if s != "" && !strings.Contains(s, ":") && strings.Contains(s, ".") && !strings.ContainsAny(s, " @") {
		return "https://" + strings.TrimPrefix(s, "//") // typed without its scheme
	}
	return s
}

// unescaped undoes one round of HTML escaping, for systems that store names so.
func unescaped(s string) string { return html.UnescapeString(s) }

// number reads a whole number, or returns 0.
func number(s string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	return n
}

// maxID is the longest id that is kept as it is, in bytes. Together with the
// name of its source it stays below comments.MaxOrigin.
const maxID = 512

// fitID returns an id that a store can look up: what is too long for that, or
// holds characters that no store keeps, becomes a hash of itself.
func fitID(id string) string {
	unfit := func(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF }
	if len(id) <= maxID && utf8.ValidString(id) && !strings.ContainsFunc(id, unfit) {
		return id
	}
	return hashID(id)
}

func hashID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "#" + hex.EncodeToString(sum[:12])
}

func isBlank(s string) bool {
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\u00a0', '\u200b', '\ufeff':
		default:
			return false
		}
	}
	return true
}

// placeText writes a place in few bytes.
func placeText(p Place) string {
	return p.File + "\x1f" + strconv.Itoa(p.Line) + "\x1f" + strconv.FormatInt(p.Offset, 10) + "\x1f" + p.Table + "\x1f" + strconv.FormatInt(p.Row, 10)
}
