package storetest

import (
	"context"
	"errors"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) same(what string, want, got any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// fails demands an error of a kind at a field.
func (f *fixture) fails(err error, kind comments.Kind, field string) {
	f.Helper()
	e, ok := errors.AsType[*comments.Error](err)
	if !ok || e.Kind != kind || e.Field != field {
		f.Fatalf("got error %#v, want one of kind %d at field %q", err, kind, field)
	}
}

// soon returns a context that ends when a test has waited too long.
func (f *fixture) soon() context.Context {
	ctx, cancel := context.WithTimeout(f.Context(), patience)
	f.Cleanup(cancel)
	return ctx
}

func idsOf(cs []comments.Comment) []comments.ID {
	ids := make([]comments.ID, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	return ids
}

func numbersOf(cs []comments.Comment) []int64 {
	numbers := make([]int64, len(cs))
	for i, c := range cs {
		numbers[i] = c.Number
	}
	return numbers
}
