package spam

import (
	"hash/maphash"
	"testing"
	"time"

	"postil/comments"
)

// asked is a case that no defence has anything against: a comment with proof
// on a site that knows its readers.
func asked(change func(*inquiry)) *inquiry {
	i := &inquiry{
		Case: comments.Case{
			Site:     comments.Site{Host: "blog.example", Settings: comments.DefaultSettings()},
			Comment:  comments.Comment{ID: comments.ID{1}, Page: "/post", Source: "Good morning, this works for me."},
			Evidence: comments.Evidence{Proof: true, Nearby: 1},
		},
		now: time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC), seed: maphash.MakeSeed(),
		site: &site{}, knowledge: &knowledge{published: 200}, script: latin, opinion: opinion{spam: undecided},
	}
	i.Site.Settings.Origins = []string{"https://blog.example"}
	i.knowledge.scripts[latin] = 200
	if change != nil {
		change(i)
	}
	return i
}

// evidence returns a case that came in a certain way.
func evidence(e comments.Evidence) *inquiry { return asked(func(i *inquiry) { i.Evidence = e }) }

func TestNothingSpeaksAgainstAnOrdinaryComment(t *testing.T) {
	t.Parallel()
	for _, one := range defences {
		if got := one.judge(asked(nil)); got != 0 {
			t.Errorf("%s gave %d points", one.name, got)
		}
	}
}

// An edit comes without any of the evidence that a new comment has.
func TestAnEditIsNotAskedHowItCame(t *testing.T) {
	t.Parallel()
	edit := evidence(comments.Evidence{Edit: true, Trap: true, Form: true, Nearby: 1000})
	for _, judge := range []func(*inquiry) int{trap, form, proof, rate} {
		if got := judge(edit); got != 0 {
			t.Errorf("got %d points, want none", got)
		}
	}
}

func TestHowACommentCame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		judge func(*inquiry) int
		came  comments.Evidence
		want  int
	}{
		{"trap: empty", trap, comments.Evidence{Form: true, FormAge: time.Minute}, 0},
		{"trap: filled", trap, comments.Evidence{Form: true, FormAge: time.Minute, Trap: true}, 300},
		{"trap: filled, with proof", trap, comments.Evidence{Proof: true, Trap: true}, 300},
		{"form: none", form, comments.Evidence{}, 0},
		{"form: at once", form, comments.Evidence{Form: true}, 100},
		{"form: too fast", form, comments.Evidence{Form: true, FormAge: quickest - time.Millisecond}, 100},
		{"form: too fast, with proof", form, comments.Evidence{Proof: true, Form: true, FormAge: time.Second}, 100},
		{"form: a person's time", form, comments.Evidence{Form: true, FormAge: quickest}, 0},
		{"form: from the future", form, comments.Evidence{Form: true, FormAge: -time.Hour}, 100},
		{"proof: given", proof, comments.Evidence{Proof: true}, 0},
		{"proof: none", proof, comments.Evidence{}, 100},
		{"proof: none, but our form", proof, comments.Evidence{Form: true, FormAge: time.Hour}, 100},
		{"rate: not known", rate, comments.Evidence{}, 0},
		{"rate: first", rate, comments.Evidence{Nearby: 1}, 0},
		{"rate: below some", rate, comments.Evidence{Nearby: nearbySome - 1}, 0},
		{"rate: some", rate, comments.Evidence{Nearby: nearbySome}, 50},
		{"rate: many", rate, comments.Evidence{Nearby: nearbyMany}, 100},
		{"rate: a flood", rate, comments.Evidence{Nearby: nearbyFlood}, 200},
		{"rate: any flood", rate, comments.Evidence{Nearby: 1 << 40}, 200},
	} {
		if got := c.judge(evidence(c.came)); got != c.want {
			t.Errorf("%s: got %d points, want %d", c.name, got, c.want)
		}
	}
}

func TestKnownAuthors(t *testing.T) {
	t.Parallel()
	form := comments.Evidence{Form: true, FormAge: time.Minute}
	for _, c := range []struct {
		name     string
		standing comments.Standing
		came     comments.Evidence
		want     int
	}{
		{"nobody", comments.Unknown, comments.Evidence{Proof: true}, 0},
		{"known, with proof", comments.Known, comments.Evidence{Proof: true}, -30},
		{"known, by the form", comments.Known, form, -30},
		{"known, an edit", comments.Known, comments.Evidence{Edit: true}, -30},
		{"known, by a program", comments.Known, comments.Evidence{}, 0},
		{"known, by the form at once", comments.Known, comments.Evidence{Form: true}, 0},
		{"known, in the trap", comments.Known, comments.Evidence{Form: true, FormAge: time.Minute, Trap: true}, 0},
		{"trusted, which the policy knows", comments.Trusted, comments.Evidence{Proof: true}, 0},
		{"blocked, which the policy knows", comments.Blocked, comments.Evidence{Proof: true}, 0},
	} {
		i := evidence(c.came)
		i.Standing = c.standing
		if got := known(i); got != c.want {
			t.Errorf("%s: got %d points, want %d", c.name, got, c.want)
		}
	}
}

func TestLearned(t *testing.T) {
	t.Parallel()
	proved, form := comments.Evidence{Proof: true}, comments.Evidence{Form: true, FormAge: time.Minute}
	for _, c := range []struct {
		name    string
		opinion opinion
		novel   int
		came    comments.Evidence
		want    int
	}{
		{"undecided", opinion{undecided, 50}, 0, proved, 0},
		{"a bit like spam", opinion{0.6, 50}, 0, proved, 0},
		{"a bit like spam, and leads somewhere new", opinion{0.6, 50}, 1, proved, 100},
		{"like spam", opinion{0.8, 50}, 0, proved, 100},
		{"surely spam", opinion{0.995, 50}, 0, proved, 200},
		{"surely spam, an edit", opinion{0.995, 50}, 0, comments.Evidence{Edit: true}, 200},
		{"surely spam, from too little", opinion{1, leastTelling - 1}, 0, proved, 0},
		{"surely none", opinion{0.01, 50}, 0, proved, 0},
		{"surely none, without JavaScript", opinion{0.01, 50}, 0, form, -50},
		{"surely none and short, without JavaScript", opinion{0.01, leastTellingHam}, 0, form, -50},
		{"surely none, from too little", opinion{0, leastTellingHam - 1}, 0, form, 0},
		{"surely none, but leads somewhere new", opinion{0.01, 50}, 1, form, 0},
		{"without doubt none, and leads somewhere new", opinion{0.0001, 50}, 1, form, -50},
		{"surely none, by a program", opinion{0.01, 50}, 0, comments.Evidence{}, 0},
		{"surely none, by the form at once", opinion{0.01, 50}, 0, comments.Evidence{Form: true}, 0},
		{"surely none, in the trap", opinion{0.01, 50}, 0, comments.Evidence{Form: true, FormAge: time.Minute, Trap: true}, 0},
		{"surely none, an edit", opinion{0.01, 50}, 0, comments.Evidence{Edit: true}, 0},
	} {
		i := evidence(c.came)
		i.opinion, i.novel = c.opinion, c.novel
		if got := learned(i); got != c.want {
			t.Errorf("%s: got %d points, want %d", c.name, got, c.want)
		}
	}
}

// However much speaks for a comment, what the site's moderators want to see
// is held, and so is what a program sends.
func TestWhatNoPointsOutweigh(t *testing.T) {
	t.Parallel()
	if wordPoints+knownPoints < comments.HoldPoints {
		t.Error("a known author's comment with one of the site's words is published")
	}
	if wordPoints+comments.HoldPoints+sureHamPoints+knownPoints < comments.HoldPoints {
		t.Error("without JavaScript a comment with one of the site's words is published")
	}
	for _, one := range defences {
		i := evidence(comments.Evidence{})
		i.Standing, i.opinion = comments.Known, opinion{0, 100}
		if got := one.judge(i); got < 0 {
			t.Errorf("%s gave a program %d points", one.name, got)
		}
	}
}
