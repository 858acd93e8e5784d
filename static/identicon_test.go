package static

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestIdenticonIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	const want = `<svg xmlns="http://www.w3.org/2000/svg" class="face" viewBox="0 0 5 5" width="20" height="20" fill="currentColor" aria-hidden="true">` +
		`<path fill="oklch(.6 .12 61)" d="M0 0h1v1h-1zM4 0h1v1h-1z`
	if got := Identicon(""); !strings.HasPrefix(got, want) { // FNV's offset basis itself: 10000001…
		t.Errorf("got %s", got)
	}
}

var faceCell = regexp.MustCompile(`M(\d) (\d)h1v1h-1z`)

func TestIdenticonsAreSymmetricAndDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i := range 1000 {
		svg := Identicon(fmt.Sprintf("seed number %d", i))
		seen[svg] = true
		cells := map[[2]int]bool{}
		for _, m := range faceCell.FindAllStringSubmatch(svg, -1) {
			x, _ := strconv.Atoi(m[1])
			y, _ := strconv.Atoi(m[2])
			if cells[[2]int{x, y}] || x > 4 || y > 4 {
				t.Fatalf("cell %d, %d twice or outside: %s", x, y, svg)
			}
			cells[[2]int{x, y}] = true
		}
		for c := range cells {
			if !cells[[2]int{4 - c[0], c[1]}] {
				t.Fatalf("cell %v has no mirror: %s", c, svg)
			}
		}
	}
	if len(seen) < 995 {
		t.Errorf("1000 seeds have %d pictures", len(seen))
	}
}

// The policies of all documents forbid style attributes.
func TestIdenticonCarriesNoStyle(t *testing.T) {
	t.Parallel()
	svg := Identicon(`"><script>`)
	if strings.Contains(svg, "style=") || strings.Contains(svg, "script") || strings.Contains(svg, "href") {
		t.Error(svg)
	}
	wellFormed(t, "identicon", svg)
}
