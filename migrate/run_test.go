package migrate

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"postil/comments"
)

// TestTheFirstErrorCounts where a full disk hinders the accounting, too.
func TestTheFirstErrorCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	scratch := t.TempDir()
	s, err := openStage(scratch)
	w.must(err)
	w.must(s.db.Close())
	full := errors.New("full")
	r, err := (&Plan{}).interrupted(s, Report{Skipped: map[Reason]int64{}}, 0, full)
	if err != full || r.Rows != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if err := s.exec(`SELECT 1`); err == nil || !strings.Contains(err.Error(), "temporary file "+filepath.Join(scratch, "stage.db")+": ") {
		t.Errorf("the error does not say which file: %v", err)
	}
}

// TestARunThatIsTakenBackMeanwhileEnds instead of bringing more.
func TestARunThatIsTakenBackMeanwhileEnds(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			plan := Plan{batchOf: 50}
			taken := false
			plan.Progress = func(p Progress) {
				if p.Stage != Storing || taken {
					return
				}
				taken = true
				runs, err := w.store.Runs(t.Context(), host)
				if err != nil || len(runs) != 1 {
					t.Errorf("runs %v, %v", runs, err)
					return
				}
				if _, err := w.Undo(t.Context(), host, runs[0].ID, nil); err != nil {
					t.Error(err)
				}
			}
			_, _, err := w.run(job{format: "disqus", files: []string{"-"}, stdin: []byte(disqusOf(400, 5)), plan: plan})
			if comments.KindOf(err) != comments.Conflict || !taken {
				t.Errorf("taken back: %v; then: %v", taken, err)
			}
			w.same("left", "", w.everything(host))
		})
	}
}
