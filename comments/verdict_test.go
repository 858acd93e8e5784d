package comments

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVerdictsAreOneValueAndMany(t *testing.T) {
	t.Parallel()
	list := []Verdict{{"links", 100}, {"form-age", 50}, {"trusted", -3000}}
	v := NewVerdicts(append([]Verdict{{"nothing", 0}}, list...))
	if v != "links=100 form-age=50 trusted=-3000" || v.Points() != -2850 {
		t.Errorf("%q with %d points", v, v.Points())
	}
	if diff := cmp.Diff(list, v.List()); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if none := NewVerdicts(nil); none != "" || none.List() != nil || none.Points() != 0 {
		t.Errorf("no verdicts are %q", none)
	}
}

func TestStandingsWeighByPolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy   Policy
		standing Standing
		owner    bool
		want     string
		status   Status // of a comment that has hold points by itself
	}{
		{PolicyOpen, Unknown, false, "", Published}, {PolicyAuto, Unknown, false, "", Held}, {PolicyHoldFirst, Unknown, false, "first", Held},
		{PolicyAuto, Known, false, "", Held}, {PolicyHoldFirst, Known, false, "", Held},
		{PolicyOpen, Blocked, false, "blocked", Spam}, {PolicyHoldAll, Blocked, false, "blocked", Spam},
		{PolicyAuto, Trusted, false, "trusted", Published}, {PolicyHoldAll, Trusted, false, "trusted", Held},
		{PolicyHoldAll, Blocked, true, "owner", Published}, {PolicyHoldFirst, Unknown, true, "owner", Published},
	} {
		v := standingVerdict(c.policy, c.standing, c.owner)
		if v.Name != c.want {
			t.Errorf("%s, %q, owner %v: verdict %q, want %q", c.policy, c.standing, c.owner, v.Name, c.want)
		}
		if got := firstStatus(c.policy, c.owner, HoldPoints+v.Points); got != c.status {
			t.Errorf("%s, %q, owner %v: %s, want %s", c.policy, c.standing, c.owner, got, c.status)
		}
	}
}
