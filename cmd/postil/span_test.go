package main

import (
	"testing"
	"time"
)

func TestSpanReadsDaysAndDurations(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]time.Duration{"90d": 90 * day, "36h": 36 * time.Hour, "0": 0, "0d": 0, "15m": 15 * time.Minute} {
		var s span
		if err := s.UnmarshalText([]byte(raw)); err != nil || time.Duration(s) != want {
			t.Errorf("%s: %v, %v", raw, time.Duration(s), err)
		}
	}
	for _, raw := range []string{"", "d", "-1d", "1.5d", "-3h", "90 days", "99999d", "1w"} {
		var s span
		if err := s.UnmarshalText([]byte(raw)); err == nil {
			t.Errorf("%q is read as %v", raw, time.Duration(s))
		}
	}
	for d, want := range map[time.Duration]string{48 * time.Hour: "2d", 36 * time.Hour: "36h0m0s", 15 * time.Minute: "15m0s"} {
		if got := span(d).String(); got != want {
			t.Errorf("%v is written %s", d, got)
		}
	}
}
