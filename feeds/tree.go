package feeds

import (
	"slices"

	"postil/comments"
)

// maxDepth is the deepest mark an entry gets; deeper ones share it, since a
// style sheet cannot count.
const maxDepth = 9

// entry is one comment at its place in a document.
type entry struct {
	comments.Comment
	depth   int    // 0…maxDepth, within this document
	answers int    // published direct answers in this document
	answer  bool   // it answers Parent; other Parents are nobody's business
	outside int64  // the parent's Number, if that stands in an older document
	was     string // the name that it had elsewhere, for old links; unlike all before it
}

// gone reports that only the place is left.
func (e *entry) gone() bool { return e.Status != comments.Published }

// arrange puts the comments of one document, ordered by Number, into thread
// order: each followed by its answers, and pinned ones before their neighbours.
// Tombstones that nothing visible answers are returned apart.
func arrange(all []comments.Comment) (shown []entry, gone []comments.Comment) {
	entries, kids, roots := link(all)
	visible := prune(entries, kids)
	for _, neighbours := range append(kids, roots) {
		slices.SortStableFunc(neighbours, func(a, b int) int { return rank(&entries[a]) - rank(&entries[b]) })
	}
	slices.Reverse(roots)
	shown = make([]entry, 0, len(all))
	taken := map[string]bool{"": true}
	for stack := roots; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !visible[i] {
			gone = append(gone, entries[i].Comment)
		} else {
			if was := entries[i].Origin.Anchor(); !taken[was] {
				taken[was], entries[i].was = true, was
			}
			shown = append(shown, entries[i])
		}
		for _, kid := range slices.Backward(kids[i]) {
			stack = append(stack, kid)
		}
	}
	return shown, gone
}

// rank is lower for what stands before its neighbours.
func rank(e *entry) int {
	if e.Pinned && !e.gone() {
		return 0
	}
	return 1
}

// link finds each comment's parent. A parent without a Number was never
// public, and one with a higher Number became so after its answer (only
// imports bring such pairs): neither is told, which also keeps a document from
// depending on comments that come after it.
func link(all []comments.Comment) (entries []entry, kids [][]int, roots []int) {
	entries, kids = make([]entry, len(all)), make([][]int, len(all))
	index := make(map[comments.ID]int, len(all))
	for i, c := range all {
		e := entry{Comment: c, answer: 0 < c.ParentNumber && c.ParentNumber < c.Number}
		parent, here := index[c.Parent]
		switch {
		case e.answer && here:
			e.depth = min(entries[parent].depth+1, maxDepth)
			kids[parent] = append(kids[parent], i)
		case e.answer:
			e.outside = c.ParentNumber
			fallthrough
		default:
			roots = append(roots, i)
		}
		index[c.ID] = i
		entries[i] = e
	}
	return entries, kids, roots
}

// prune reports which entries are shown, the published ones and those that
// lead to one, and counts answers. Answers stand after what they answer, so
// that one way back suffices.
func prune(entries []entry, kids [][]int) (visible []bool) {
	visible = make([]bool, len(entries))
	for i := range slices.Backward(entries) {
		visible[i] = !entries[i].gone()
		for _, kid := range kids[i] {
			visible[i] = visible[i] || visible[kid]
			if !entries[kid].gone() {
				entries[i].answers++
			}
		}
	}
	return visible
}
