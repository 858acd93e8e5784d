package web

import (
	"net/http"
	"strings"
	"time"

	"postil/static"
)

// The codings (RFC 9110 §8.4.1) in which a file may be at hand, the smallest
// first: of two that the client likes equally it gets the first.
const (
	brotli = iota
	gzip
	identity
	codings
	unacceptable = -1
)

// twin returns the bytes of a file in a coding; nil where it has none.
func twin(f *static.File, coding int) []byte {
	switch coding {
	case brotli:
		return f.Brotli
	case gzip:
		return f.Gzip
	default:
		return f.Body
	}
}

// Weights (RFC 9110 §12.4.2) are counted in thousandths.
const (
	fullWeight = 1000
	unsaid     = -1
)

// chooseCoding returns the coding that the Accept-Encoding fields of a
// request like best among those the file has (RFC 9110 §12.5.3).
func chooseCoding(fields []string, f *static.File) int {
	if len(fields) == 0 {
		return identity
	}
	weights := [codings]int{unsaid, unsaid, unsaid}
	rest := unsaid // the weight of "*"
	for _, field := range fields {
		for field != "" {
			var item string
			item, field, _ = strings.Cut(field, ",")
			weigh(item, &weights, &rest)
		}
	}
	best, bestWeight := unacceptable, 0
	for coding := range codings {
		weight := weights[coding]
		if weight == unsaid {
			weight = rest
		}
		if weight == unsaid && coding == identity {
			weight = 1 // acceptable unless excluded, yet liked least
		}
		if weight > bestWeight && (coding == identity || twin(f, coding) != nil) {
			best, bestWeight = coding, weight
		}
	}
	return best
}

// weigh reads one item such as " gzip;q=0.8". Items that are not well-formed
// do not count.
func weigh(item string, weights *[codings]int, rest *int) {
	name, params, _ := strings.Cut(item, ";")
	weight, ok := parseWeight(strings.Trim(params, " \t"))
	if !ok {
		return
	}
	switch name = strings.Trim(name, " \t"); {
	case strings.EqualFold(name, "br"):
		weights[brotli] = weight
	case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
		weights[gzip] = weight
	case strings.EqualFold(name, "identity"):
		weights[identity] = weight
	case name == "*":
		*rest = weight
	}
}

// parseWeight reads "q=0.123"; nothing at all is the full weight.
func parseWeight(s string) (weight int, ok bool) {
	if s == "" {
		return fullWeight, true
	}
	if len(s) < 3 || len(s) > len("q=0.123") || s[0]|0x20 != 'q' || s[1] != '=' {
		return 0, false
	}
	whole, decimals, _ := strings.Cut(s[2:], ".")
	if whole != "0" && whole != "1" {
		return 0, false
	}
	weight = int(whole[0]-'0') * fullWeight
	for i, unit := 0, 100; i < len(decimals); i, unit = i+1, unit/10 {
		if decimals[i] < '0' || decimals[i] > '9' {
			return 0, false
		}
		weight += int(decimals[i]-'0') * unit
	}
	return weight, weight <= fullWeight
}

// isUnmodified reports whether the client already has this representation:
// If-None-Match decides and, only where it is absent, If-Modified-Since
// (RFC 9110 §13.2.2).
func isUnmodified(h http.Header, etag string, modified time.Time) bool {
	if fields := h["If-None-Match"]; len(fields) > 0 {
		return matchesAny(fields, etag)
	}
	since := h["If-Modified-Since"]
	if len(since) == 0 || modified.IsZero() {
		return false
	}
	t, err := http.ParseTime(since[0])
	return err == nil && !modified.After(t)
}

// matchesAny compares weakly (RFC 9110 §8.8.3.2) with a list of entity-tags.
func matchesAny(fields []string, etag string) bool {
	for _, field := range fields {
		for {
			field = strings.TrimLeft(field, " \t,")
			if field == "*" {
				return true
			}
			field = strings.TrimPrefix(field, "W/")
			if field == "" || field[0] != '"' {
				break
			}
			end := strings.IndexByte(field[1:], '"') + 2
			if end < 2 {
				break
			}
			if field[:end] == etag {
				return true
			}
			field = field[end:]
		}
	}
	return false
}
