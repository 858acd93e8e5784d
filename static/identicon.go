package static

import (
	"fmt"
	"strings"
)

const (
	faceCells = 5  // in each row and column
	faceSize  = 20 // pixels: whole ones for each cell
	faceHalf  = (faceCells + 1) / 2
)

// Identicon returns a small SVG image that is always the same for a seed and
// hardly ever for two: cells that mirror each other, in one colour. It is an
// ornament beside what it is made from, and hidden from assistive software.
// The seed must be something that everybody can see anyway, such as a badge:
// what is drawn could be told back.
//
// The script draws the same by itself; see widget/face.ts.
func Identicon(seed string) string {
	hash := uint32(2166136261) // FNV-1a
	for i := range len(seed) {
		hash = (hash ^ uint32(seed[i])) * 16777619
	}
	var cells strings.Builder
	for i := range faceCells * faceHalf {
		if hash<<i>>31 == 0 {
			continue
		}
		x, y := i%faceHalf, i/faceHalf
		fmt.Fprintf(&cells, "M%d %dh1v1h-1z", x, y)
		if mirrored := faceCells - 1 - x; mirrored != x {
			fmt.Fprintf(&cells, "M%d %dh1v1h-1z", mirrored, y)
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="face" viewBox="0 0 %[1]d %[1]d" width="%[2]d" height="%[2]d" fill="currentColor" aria-hidden="true">`+
		`<path fill="oklch(.6 .12 %[3]d)" d="%[4]s"/></svg>`, faceCells, faceSize, hash%360, cells.String())
}
