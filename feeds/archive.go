package feeds

import (
	"maps"
	"slices"

	"postil/comments"
)

// layout spreads the comments of one page over its documents: archive k holds
// the Numbers (k−1)·size+1 … k·size, and the current document all later ones.
// A new archive is born when the current document would reach 2·size.
type layout struct {
	last int64 // highest Number given out
	size int64 // comments in an archive

	fragment bool // the current document exists as a Fragment
}

func layoutOf(s comments.Site, last int64) layout {
	return layout{last: last, size: int64(s.Settings.Archive), fragment: s.Settings.Fragment}
}

// archives returns how many archives there are.
func (l layout) archives() int64 { return max(0, l.last/l.size-1) }

// archiveOf returns the archive that holds a Number, or 0 for the current
// document.
func (l layout) archiveOf(number int64) int64 {
	if k := (number-1)/l.size + 1; k <= l.archives() {
		return k
	}
	return 0
}

// bounds returns the first and last Number of a document.
func (l layout) bounds(archive int64) (from, to int64) {
	if archive == 0 {
		return l.archives()*l.size + 1, l.last
	}
	return (archive-1)*l.size + 1, archive * l.size
}

// older returns the archive before a document, or 0 if it is the oldest.
func (l layout) older(archive int64) int64 {
	if archive == 0 {
		return l.archives()
	}
	return archive - 1
}

// dirty returns the documents that changes of these Numbers touch, archives
// first: what leaves the current document must stand elsewhere before. The
// current one is always among them, for it tells how many comments there are.
func (l layout) dirty(items map[int64]bool) []int64 {
	docs := map[int64]bool{}
	for n := range items {
		docs[l.archiveOf(n)] = true
		if n%l.size == 0 {
			docs[n/l.size-1] = true // the archive that was born with Number n, or 0
		}
	}
	delete(docs, 0)
	delete(docs, -1)
	return append(slices.Sorted(maps.Keys(docs)), 0)
}

// all returns every document, archives first.
func (l layout) all() []int64 {
	docs := make([]int64, 0, l.archives()+1)
	for k := range l.archives() {
		docs = append(docs, k+1)
	}
	return append(docs, 0)
}
