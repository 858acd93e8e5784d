package storetest

import (
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func roundTrip(t *testing.T, f *fixture) {
	c := f.comment("plain")
	c.Author.Name = "Zoë \u00a0 😀"
	c.Source = strings.Repeat("😀", comments.MaxBody)
	c.HTML = comments.HTML("<p>" + c.Source + "</p>")
	c.Created, c.Decided = c.Created.Add(time.Microsecond), c.Decided.Add(999_999*time.Microsecond)
	c.Edited = c.Decided.Add(time.Microsecond)
	c.EditKey, c.Idempotency, c.Fingerprint = comments.Hash{1}, comments.Hash{2}, comments.Hash{3}
	stored := f.add(c)[0]
	c.Number = 1
	f.same("as added", c, stored)
	found, err := f.Find(f.ctx(), c.ID)
	f.must(err)
	f.same("as found", c, found)
}
