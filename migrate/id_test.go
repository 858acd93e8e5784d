package migrate

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"testing"

	"postil/comments"
)

// TestIDsThatNoStoreKeepsStillJoinAnswers takes ids that cannot be stored or
// looked up as they are: PostgreSQL has neither U+0000 nor keys of 9 kB.
func TestIDsThatNoStoreKeepsStillJoinAnswers(t *testing.T) {
	t.Parallel()
	long := make([]byte, 4500)
	rand.Read(long)
	var rows []map[string]string
	row := func(id, parent string) {
		rows = append(rows, map[string]string{"id": id, "rid": parent, "content": "words", "page_key": "/a", "created_at": "2022-03-04 05:06:07"})
	}
	for _, id := range []string{"nul\x00id", "\ufffeid", hex.EncodeToString(long)} {
		row(id, "0")
		row("below "+id, id)
	}
	row("orphan", "nowhere\x00")
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			j := job{format: "artalk", files: []string{"-"}, stdin: text}
			r := w.imports(j)
			w.same("imported", int64(len(rows)), r.Imported)
			w.same("mended", int64(1), r.Mended)
			w.same("there", int64(len(rows)), w.imports(j).There)
			list, err := w.store.Archived(t.Context(), host, "/a", comments.ID{}, len(rows))
			w.must(err)
			answers := 0
			for _, c := range list {
				if !c.Parent.IsZero() {
					answers++
				}
			}
			w.same("answers", 3, answers)
		})
	}
}
