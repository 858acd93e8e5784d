package migrate

import (
	"strings"
	"testing"
)

const postilHead = `{"format":"postil","version":1}` + "\n"

// postilLine is a comment; more are further fields.
func postilLine(id, more string) string {
	return `{"type":"comment","site":"blog.example","page":"/a","id":"01700000-0000-7000-8000-00000000000` + id + `","number":` + id +
		`,"status":"published","created":"2020-01-01T00:00:00Z","decided":"2020-01-01T00:00:00Z","markup":"markdown"` + more + "}\n"
}

func TestAliasesThatNoStoreKeepsAreRefused(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			const page = `{"type":"thread","site":"blog.example","page":"/a","aliases":["/old","%"]}` + "\n"
			for _, alias := range []string{"no path", `/a\u0000b`} {
				j := job{format: postilName, plan: Plan{Host: host}, files: []string{"-"}, stdin: []byte(postilHead + strings.Replace(page, "%", alias, 1) + postilLine("1", `,"source":"one"`))}
				if _, _, err := w.run(j); err == nil || !strings.Contains(err.Error(), "standard input, line 2: the alias") {
					t.Errorf("%s: %v", alias, err)
				}
				w.same("stored", "", w.everything(host))
			}
		})
	}
}

func TestWordsThatShowNothingAreNotOverALimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	r := w.imports(job{format: postilName, plan: Plan{Host: host}, files: []string{"-"}, stdin: []byte(postilHead + postilLine("1", `,"source":"[1]: https://example.org"`) + postilLine("2", `,"source":"two"`))})
	w.same("imported", int64(1), r.Imported)
	w.same("skipped", map[Reason]int64{NoWords: 1}, r.Skipped)
}
