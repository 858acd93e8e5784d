package migrate

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

// TestEachFormatComesAndGoes takes each fixture through its life, beside
// comments that readers wrote before.
func TestEachFormatComesAndGoes(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, f := range slices.Concat(fixtures(), databaseFixtures(t)) {
				t.Run(f.folder, func(t *testing.T) { comeAndGo(t, newWorld(t, open(t)), f) })
			}
		})
	}
}

func comeAndGo(t *testing.T, w *world, f fixture) {
	w.write("/hello", "", "before the import")
	w.write("/elsewhere", "", "on another page")
	before := w.everything(host)
	dry := f.job()
	dry.plan.DryRun = true
	foretold := w.imports(dry)
	w.same("after a dry run", before, w.everything(host))

	first := w.imports(f.job())
	after := w.everything(host)
	told := first
	told.DryRun, told.Run = true, comments.ID{}
	w.same("the dry run's report", told, foretold)
	if first.Imported == 0 || after == before {
		t.Errorf("nothing was imported: %+v", first)
	}

	again := w.imports(f.job())
	if again.Imported+again.Places+again.Addresses != 0 || again.There != first.Imported+first.Places || !maps.Equal(again.Skipped, first.Skipped) {
		t.Errorf("the second import brought %+v, after the first brought %+v", again, first)
	}
	w.same("after importing again", after, w.everything(host))

	w.undo(again.Run)
	w.same("after taking back a run that brought nothing", after, w.everything(host))
	w.undo(first.Run)
	w.same("after taking it back", before, w.everything(host))

	third := w.imports(f.job())
	third.Run = first.Run
	w.same("the report after taking back", first, third)
	w.same("imported after taking back", after, w.everything(host))
}

// write posts a comment as a reader does.
func (w *world) write(page, parent, body string) comments.Comment {
	w.Helper()
	r, err := w.Submit(w.Context(), comments.Draft{Site: host, Page: page, Parent: parent, Name: "Reader", Body: body})
	w.must(err)
	return r.Comment
}

func (w *world) undo(run comments.ID) comments.Unloaded {
	w.Helper()
	done, err := w.Undo(w.Context(), host, run, nil)
	w.must(err)
	return done
}

func (w *world) same(what string, want, got any) {
	w.Helper()
	if text, ok := want.(string); ok {
		want, got = strings.Split(text, "\n"), strings.Split(got.(string), "\n")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestTakingBackKeepsWhatReadersWrote(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			r := w.imports(job{format: Auto, files: []string{"testdata/valine/comments.json"}})
			list, err := w.store.Archived(t.Context(), host, "/v2", comments.ID{}, 10)
			w.must(err)
			answer := w.write("/v2", list[0].ID.String(), "an answer of a reader")
			w.write("/v2", answer.ID.String(), "and one to that")
			w.same("taken back", comments.Unloaded{Kept: 1}, w.undo(r.Run))

			thread, err := w.store.Thread(t.Context(), host, "/v2")
			w.must(err)
			left, err := w.store.Range(t.Context(), host, "/v2", 1, thread.Last)
			w.must(err)
			if len(left) != 3 || left[0].Status != comments.Deleted || !left[0].Tombstone() || left[0].Source+left[0].Author.Name != "" || left[1].Parent != left[0].ID || thread.Visible != 2 {
				t.Errorf("left: %+v of %+v", left, thread)
			}
			w.same("imported again, elsewhere", int64(1), w.imports(job{format: Auto, files: []string{"testdata/valine/comments.json"},
				plan: Plan{Mapping: Mapping{Rules: []Rule{{"/v2", "/v3"}}}}}).Imported)
		})
	}
}

func TestAnImportGoesOnWhereAnOlderExportEnded(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			const head, first = `<disqus xmlns:dsq="http://disqus.com/disqus-internals"><thread dsq:id="1"><link>https://blog.example/a</link></thread>`,
				`<post dsq:id="1"><message>one</message><createdAt>2020-01-01T00:00:00Z</createdAt><thread dsq:id="1"/></post>`
			const second = `<post dsq:id="2"><message>two</message><createdAt>2020-01-02T00:00:00Z</createdAt><thread dsq:id="1"/><parent dsq:id="1"/></post>`
			w.imports(job{format: "disqus", files: []string{"-"}, stdin: []byte(head + first + `</disqus>`)})
			r := w.imports(job{format: "disqus", files: []string{"-"}, stdin: []byte(head + second + `</disqus>`)}) // a trimmed file
			w.same("imported", int64(1), r.Imported)
			w.same("mended", int64(0), r.Mended)
			w.same("site", `/a closed=false aliases=[]
  #1 1 published "" 2020-01-01T00:00:00Z html "one"
  #2 2 answers 1 published "" 2020-01-02T00:00:00Z html "two"
`, w.everything(host))
			moved := w.imports(job{format: "disqus", files: []string{"-"}, plan: Plan{Mapping: Mapping{Rules: []Rule{{"https://blog.example/a", "/b"}}}},
				stdin: []byte(head + strings.ReplaceAll(second, `id="2"`, `id="3"`) + `</disqus>`)})
			w.same("mended where the parent is on another page", int64(1), moved.Mended)
		})
	}
}

func TestAddressesAreKeptSealedOnlyIfAsked(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			const mail = "bea@mail.example"
			opened := func() (list []string) {
				w.must(w.store.ResealImported(t.Context(), func(sealed *[]byte) error {
					text, err := w.keys.Open(comments.SealImported, *sealed)
					list = append(list, text)
					return err
				}))
				return list
			}
			j := job{format: Auto, files: []string{"testdata/disqus/export.xml"}}
			r := w.imports(j)
			w.same("addresses found", int64(1), r.Addresses)
			w.same("kept without being asked", []string(nil), opened())
			w.undo(r.Run)
			j.plan.KeepEmail = true
			r = w.imports(j)
			w.same("kept", []string{mail}, opened())
			list, err := w.store.Imported(t.Context(), host, "disqus", []string{"9000000002"})
			w.must(err)
			_, err = w.Erase(t.Context(), "", host, []comments.ID{list["9000000002"]})
			w.must(err)
			w.same("kept of an erased comment", []string(nil), opened())
		})
	}
}

func TestImportedThreadsStayClosed(t *testing.T) {
	t.Parallel()
	for kind, open := range databases() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t))
			w.write("/closed", "", "there before")
			r := w.imports(job{format: Auto, files: []string{"testdata/remark42/backup.json"}})
			_, err := w.Submit(t.Context(), comments.Draft{Site: host, Page: "/closed", Name: "Late", Body: "too late"})
			if comments.KindOf(err) != comments.Forbidden {
				t.Errorf("a closed page took a comment: %v", err)
			}
			w.undo(r.Run)
			w.write("/closed", "", "open again")
		})
	}
}

func TestTimesOfImportsAreUTC(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2014-03-02T11:00:00": time.Date(2014, 3, 2, 11, 0, 0, 0, time.UTC), " 2014-03-02 11:00:00.5 ": time.Date(2014, 3, 2, 11, 0, 0, 5e8, time.UTC),
		"2022-03-04 05:06:07 +0800 CST": time.Date(2022, 3, 3, 21, 6, 7, 0, time.UTC), "2022-03-04T05:06:07+0200": time.Date(2022, 3, 4, 3, 6, 7, 0, time.UTC),
		"2014-03-02 11:00": time.Date(2014, 3, 2, 11, 0, 0, 0, time.UTC), "1517631000": time.Unix(1517631000, 0).UTC(), "1620284889000": time.UnixMilli(1620284889000).UTC(), "1517631000.25": time.UnixMilli(1517631000250).UTC(),
		"0000-00-00 00:00:00": {}, "soon": {}, "": {}, "0": {}, "-5": {}, "1e300": {}, "NaN": {}, "1960-01-01T00:00:00Z": {},
	} {
		if got := parseTime(text); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q is read as %v, want %v", text, got, want)
		}
	}
}
