package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// day is 24 hours, whatever clocks in the land do.
const day = 24 * time.Hour

// span is a flag's duration, as 90d, 36h or 15m; 0 is 0.
type span time.Duration

// UnmarshalText reads what Go reads as a duration, and days.
func (s *span) UnmarshalText(text []byte) error {
	raw := string(text)
	if days, found := strings.CutSuffix(raw, "d"); found {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return fmt.Errorf("%q is no number of days; write it as 90d", raw)
		}
		*s = span(time.Duration(n) * day)
		return nil
	}
	d, err := time.ParseDuration(raw)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not a time; write it as 90d, 36h or 15m", raw)
	}
	*s = span(d)
	return nil
}

// String writes whole days as days.
func (s span) String() string {
	if d := time.Duration(s); d >= day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	return time.Duration(s).String()
}
