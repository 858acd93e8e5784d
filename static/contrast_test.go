package static

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// WCAG 2.2 §1.4.3 and §1.4.11: text against what is behind it, and the lines
// of fields against the page.
func TestColoursCanBeReadInLightAndDark(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("styles/base.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(source), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("no dark colours")
	}
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6});`).FindAllStringSubmatch(css, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range []string{
			"ink paper", "ink raised", "ink mark", "soft paper", "soft raised", "soft mark",
			"accent paper", "accent raised", "accent mark", "on-accent accent", "alarm paper",
		} {
			front, back, _ := strings.Cut(pair, " ")
			a, b := colours[front], colours[back]
			if ratio := (math.Max(a, b) + .05) / (math.Min(a, b) + .05); ratio < 4.5 || a == 0 && b == 0 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, less than 4.5", name, front, back, ratio)
			}
		}
	}
}

// luminance is relative luminance as WCAG defines it, 0 to 1.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = strings.Repeat(hex[:1], 2) + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:], 2)
	}
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= .04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+.055)/1.055, 2.4)
		}
	}
	return sum
}
