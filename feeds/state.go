package feeds

import (
	"math"
	"sync"
	"time"

	"postil/comments"
)

// siteState is what the publisher knows of one site. Publisher.mu guards it.
type siteState struct {
	// files is read-held while any of the site's files is written, and held
	// while they are removed with it. It comes before mu.
	files sync.RWMutex

	host   string                  // never changes
	site   comments.Site           // as of change taken
	format string                  // see position.Format
	head   int64                   // number of the newest change there is
	taken  int64                   // changes up to this one are read
	tasks  map[comments.Page]*task // all that are queued, running, or waiting for another try
	walk   *walk                   // or nil
	births [2]int                  // of its directories: more of them mean that they were removed
	gone   bool                    // removed from the database: its tasks are void

	counts  map[comments.Page]int64     // published comments by page; nil until the first walk has ended
	touched map[comments.Page]int64     // what tasks found out during a walk
	due     map[comments.Page]time.Time // when latestTask and countsTask may run again
}

// Keys of tasks that are not about one page; pages begin with a slash.
const (
	latestTask comments.Page = "latest"
	countsTask comments.Page = "counts"
)

// task is something to be published.
type task struct {
	site *siteState
	page comments.Page
	todo job // collected since it last began
	now  job // being done
	// At most one of the three is true.
	queued, running, waiting bool
	late                     job       // what is written, but without its twins
	twinsAt                  time.Time // when those are due; zero: none are
	tries                    int       // that failed in a row
	err                      error     // of the last one
}

// job is what differs on a page.
type job struct {
	first int64          // the lowest change that it settles; 0: it settles none
	items map[int64]bool // Numbers
	whole bool           // anything may differ
	twins bool           // with the compressed twins
}

// add joins another job to j.
func (j *job) add(other job) {
	if j.first == 0 || other.first > 0 && other.first < j.first {
		j.first = other.first
	}
	j.whole, j.twins = j.whole || other.whole, j.twins || other.twins
	for n := range other.items {
		if j.items == nil {
			j.items = map[int64]bool{}
		}
		j.items[n] = true
	}
}

func (j *job) empty() bool { return j.first == 0 && !j.whole && len(j.items) == 0 }

// shown returns the highest change such that the files show all up to it,
// leaving a walk aside.
func (s *siteState) shown() int64 {
	return s.before(func(t *task) []job { return []job{t.todo, t.now} })
}

// done is shown, of what has its twins: a publisher that starts there leaves
// nothing out.
func (s *siteState) done() int64 {
	return s.before(func(t *task) []job { return []job{t.todo, t.now, t.late} })
}

// before returns the last change before any that is still to be settled.
func (s *siteState) before(open func(*task) []job) int64 {
	lowest := int64(math.MaxInt64)
	for _, t := range s.tasks {
		for _, j := range open(t) {
			if j.first > 0 {
				lowest = min(lowest, j.first)
			}
		}
	}
	return min(s.taken, lowest-1)
}

// shows reports whether the files show a change and nothing older. A page
// that changed after a walk began was then written whole.
func (s *siteState) shows(change int64) bool {
	return s.shown() >= change && (!s.rebuilding() || change > s.walk.head)
}

func (s *siteState) rebuilding() bool { return s.walk != nil && s.walk.render }

// begin starts a walk in place of any other.
func (s *siteState) begin(w *walk) { s.walk, s.touched = w, map[comments.Page]int64{} }

// count notes how many comments of a page are published, and reports whether
// counts.json differs by that.
func (s *siteState) count(page comments.Page, visible int64) bool {
	if s.counts == nil || s.counts[page] == visible {
		return false
	}
	if s.counts[page] = visible; visible == 0 {
		delete(s.counts, page)
	}
	return true
}

// latestEvery is the time between two writings of the site-wide feeds while
// comments come in faster, unless somebody waits for them.
const latestEvery = 250 * time.Millisecond

// countsDelay is the time between two writings of counts.json: short for a
// small site, and growing with the number of pages, so that counting costs
// a few per cent of a processor at most. A hundred thousand pages take ten
// seconds.
func countsDelay(pages int) time.Duration {
	return max(latestEvery, time.Duration(pages)*100*time.Microsecond)
}

// delay returns how long a task that is otherwise ready must wait.
func (s *siteState) delay(page comments.Page) time.Duration { return time.Until(s.due[page]) }
