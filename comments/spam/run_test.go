package spam

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postil/comments"
)

// school is defences over a desk, with time that passes as a test wants it to.
type school struct {
	*testing.T
	defences *Defences
	log      bytes.Buffer
	site     comments.Site
}

// inSchool runs a test in a bubble in which Run goes on.
func inSchool(t *testing.T, d *desk, test func(*school)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &school{T: t, site: comments.Site{Host: "blog.example", Settings: comments.DefaultSettings()}}
		s.site.Settings.Origins = []string{"https://blog.example"}
		s.defences = New(Config{Store: d, Now: time.Now, Log: slog.New(slog.NewTextHandler(&s.log, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		go s.defences.Run(ctx)
		test(s)
		cancel()
		synctest.Wait()
	})
}

// says returns the verdicts on a text that came with proof.
func (s *school) says(source string) comments.Verdicts {
	s.Helper()
	c := comments.Case{Site: s.site, Comment: comments.Comment{Site: s.site.Host, ID: comments.ID{9}, Source: source}, Evidence: comments.Evidence{Proof: true}}
	list, err := s.defences.Judge(s.Context(), c)
	if err != nil {
		s.Error(err)
	}
	return comments.NewVerdicts(list)
}

func (s *school) expect(when, source string, want comments.Verdicts) {
	s.Helper()
	if got := s.says(source); got != want {
		s.Errorf("%s: got %q, want %q", when, got, want)
	}
}

// rest lets pass what Run needs to look around once.
func (s *school) rest(d time.Duration) {
	time.Sleep(d) // of the bubble, which takes no time
	synctest.Wait()
}

const watches = "cheap replica watches with free shipping, order online today"

func TestTheFirstCommentIsJudgedByWhatIsKnown(t *testing.T) {
	t.Parallel()
	inSchool(t, lessons(30), func(s *school) { s.expect("at once", watches, "learned=200") })
}

func TestLearnIsHeardSoon(t *testing.T) {
	t.Parallel()
	d := lessons(minEach - 1)
	inSchool(t, d, func(s *school) {
		s.expect("before there is enough", watches, "")
		d.decide("the pear tree too carries fruit again, as my father said", comments.Published)
		d.decide(watches, comments.Spam)
		s.expect("before Learn", watches, "")
		s.defences.Learn()
		s.rest(time.Millisecond)
		s.expect("after Learn", watches, "learned=200")

		d.change(func() { d.comments = d.comments[1:] })
		s.defences.Learn()
		s.rest(leastRest / 2)
		s.expect("while Run rests", watches, "learned=200")
		s.rest(leastRest)
		s.expect("when it has rested", watches, "")
	})
}

func TestOtherProcessesDecisionsAreNoticed(t *testing.T) {
	t.Parallel()
	d := lessons(minEach - 1)
	inSchool(t, d, func(s *school) {
		s.expect("at first", watches, "")
		d.decide(watches, comments.Spam)
		d.decide("the pear tree too carries fruit again", comments.Published)
		s.rest(lookAgain + leastRest)
		s.expect("a newer decision", watches, "learned=200")
		d.change(func() { d.comments[10].Status, d.comments[10].By = comments.Deleted, "" })
		d.change(func() { d.comments[11].Status, d.comments[11].By = comments.Deleted, "" })
		s.rest(lookAgain + leastRest)
		s.expect("an older one that is gone, for a while", watches, "learned=200")
		s.rest(learnAnew + lookAgain)
		s.expect("an older one that is gone", watches, "")
	})
}

func TestRunDoesNotReadWhatItKnows(t *testing.T) {
	t.Parallel()
	d := lessons(30)
	inSchool(t, d, func(s *school) {
		s.says(watches)
		before := d.asked()
		s.rest(10*lookAgain + time.Second)
		if looks := d.asked() - before; looks > 10 {
			t.Errorf("the store was asked %d times in %v without a decision", looks, 10*lookAgain)
		}
		before = d.asked()
		s.rest(2 * idleAfter)
		idle := d.asked()
		s.rest(idleAfter)
		if d.asked() != idle || idle == before {
			t.Error("a site without comments is not forgotten")
		}
	})
}

func TestAFailingStoreIsReportedAndAskedAgain(t *testing.T) {
	t.Parallel()
	d := lessons(30)
	d.failing = true
	inSchool(t, d, func(s *school) {
		s.expect("without a store", watches, "")
		if !strings.Contains(s.log.String(), "the database is away") || !strings.Contains(s.log.String(), "site=blog.example") || strings.Contains(s.log.String(), "replica") {
			t.Errorf("the log says %q", s.log.String())
		}
		if _, err := s.defences.Explain(s.Context(), comments.Comment{}, s.site); err == nil {
			t.Error("Explain explains what is not known")
		}
		d.change(func() { d.failing = false })
		s.rest(lookAgain + leastRest)
		s.expect("when it is back", watches, "learned=200")
		d.change(func() { d.failing = true })
		s.defences.Learn()
		s.rest(2 * lookAgain)
		s.expect("when it is away again", watches, "learned=200")
	})
}

func TestASlowStoreHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	d := lessons(30)
	inSchool(t, d, func(s *school) {
		d.block = make(chan struct{})
		start := time.Now()
		s.expect("while it is read", watches, "")
		if waited := time.Since(start); waited != patience {
			t.Errorf("the first comment waited %v", waited)
		}
		ctx, cancel := context.WithCancel(s.Context())
		cancel()
		if _, err := s.defences.Judge(ctx, comments.Case{Site: s.site}); err != nil || time.Since(start) != patience {
			t.Error("a comment whose author has gone is waited for")
		}
		close(d.block)
		s.rest(time.Millisecond)
		s.expect("when it has been read", watches, "learned=200")
	})
}

func TestLearnSinceForgets(t *testing.T) {
	t.Parallel()
	d := lessons(30)
	inSchool(t, d, func(s *school) {
		s.expect("before", watches, "learned=200")
		s.site.Settings.LearnSince = time.Now() // later than those decisions' comments
		s.says(watches)
		s.rest(leastRest)
		s.expect("afterwards", watches, "")
	})
}

func TestASiteMadeAnewKnowsNothingOfTheOldOne(t *testing.T) {
	t.Parallel()
	d := lessons(30)
	inSchool(t, d, func(s *school) {
		s.expect("before", watches, "learned=200")
		d.change(func() { d.comments = nil })
		s.site.Epoch = comments.ID{5}
		s.expect("afterwards", watches, "")
	})
}

func TestSitesAreBounded(t *testing.T) {
	t.Parallel()
	inSchool(t, &desk{}, func(s *school) {
		for n := range 2 * maxSites {
			s.site.Host = fmt.Sprintf("blog%d.example", n)
			s.says("hello")
			s.rest(time.Millisecond)
		}
		if len(s.defences.sites) != maxSites || s.defences.sites["blog0.example"] != nil || s.defences.sites[s.site.Host] == nil {
			t.Errorf("%d sites are remembered", len(s.defences.sites))
		}
	})
}

func TestLearnNeverBlocks(t *testing.T) {
	t.Parallel()
	d := New(Config{Store: &desk{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	for range 100 {
		d.Learn() // nobody runs
	}
}
