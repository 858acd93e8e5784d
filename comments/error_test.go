package comments_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"postil/comments"
)

func TestTheKindOfAnErrorIsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	inner := &comments.Error{Kind: comments.Unavailable, Text: "later", Cause: io.ErrUnexpectedEOF}
	for name, c := range map[string]struct {
		err  error
		want comments.Kind
	}{
		"nil":     {nil, comments.Internal},
		"foreign": {io.EOF, comments.Internal},
		"plain":   {inner, comments.Unavailable},
		"wrapped": {fmt.Errorf("add: %w", inner), comments.Unavailable},
		"outer":   {&comments.Error{Kind: comments.Conflict, Cause: inner}, comments.Conflict},
		"field":   {comments.FieldError("body", "has %d", 3), comments.Invalid},
		"made":    {comments.NewError(comments.NotFound, "no %s", "page"), comments.NotFound},
	} {
		if got := comments.KindOf(c.err); got != c.want {
			t.Errorf("%s: kind %d, want %d", name, got, c.want)
		}
	}
	if !errors.Is(fmt.Errorf("add: %w", inner), io.ErrUnexpectedEOF) {
		t.Error("the cause is not found")
	}
	if got, want := comments.FieldError("body", "has %d", 3).Error(), "body: has 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := inner.Error(), "later: unexpected EOF"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
