package admin

import (
	"strconv"
	"strings"
	"time"
)

// maxSpan is longer than any setting may be, and far from where durations
// overflow.
const maxSpan = 200 * 365 * day

// units of lengths of time as people write them, the longest first.
func units() []struct {
	name string
	size time.Duration
} {
	return []struct {
		name string
		size time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
}

// formatSpan writes a length of time as parseSpan reads it: 90d, 1h30m, 0.
func formatSpan(d time.Duration) string {
	var b strings.Builder
	for _, u := range units() {
		if n := d / u.size; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + u.name)
			d -= n * u.size
		}
	}
	if b.Len() == 0 {
		return "0"
	}
	return b.String()
}

// parseSpan reads a length of time: numbers, each with its unit. Nothing at
// all is 0, as is 0 by itself.
func parseSpan(raw string) (total time.Duration, ok bool) {
	raw = strings.ToLower(strings.Join(strings.Fields(raw), ""))
	if raw == "" || raw == "0" {
		return 0, true
	}
	for raw != "" {
		digits := len(raw) - len(strings.TrimLeft(raw, "0123456789"))
		if digits == 0 || digits > 9 || digits == len(raw) {
			return 0, false
		}
		n := time.Duration(0)
		for _, c := range raw[:digits] {
			n = n*10 + time.Duration(c-'0')
		}
		size := unit(raw[digits])
		if size == 0 || n > maxSpan/size || total+n*size > maxSpan {
			return 0, false
		}
		total, raw = total+n*size, raw[digits+1:]
	}
	return total, true
}

func unit(name byte) time.Duration {
	for _, u := range units() {
		if u.name[0] == name {
			return u.size
		}
	}
	return 0
}
