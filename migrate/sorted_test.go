package migrate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// sortedByNumber sorts lines that begin with a number.
func sortedByNumber(lines map[string]bool) []string {
	var list []string
	for line := range lines {
		list = append(list, line)
	}
	number := func(line string) (n int64) {
		_, _ = fmt.Sscanf(strings.TrimSpace(line), "#%d", &n)
		return n
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(number(a), number(b)), strings.Compare(a, b)) })
	return list
}
