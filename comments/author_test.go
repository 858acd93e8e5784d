package comments

import (
	"context"
	"testing"
	"time"
)

// halfCleared erases, but cannot clear its log in time.
type halfCleared struct{ Store }

func (halfCleared) Update(context.Context, string, Act, []ID, func(*Comment) error) ([]Comment, int64, error) {
	return nil, 0, NewError(Unavailable, "This is erased, but the log is busy.")
}

func TestPublishersHearOfAnErasureWhoseLogIsBusy(t *testing.T) {
	t.Parallel()
	calls := 0
	s := NewService(Config{Store: halfCleared{}, Now: time.Now, Changed: func() { calls++ }})
	if _, err := s.Erase(t.Context(), "mia", "blog.example", []ID{{1}}); KindOf(err) != Unavailable {
		t.Errorf("got error %v, want one of kind Unavailable", err)
	}
	if calls != 1 {
		t.Errorf("Changed was called %d times, want once", calls)
	}
}
