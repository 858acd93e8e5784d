package postgres_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
	"postil/comments/postgres"
	"postil/comments/storetest"
)

// filled is a store with a site and some comments, imported and not.
func filled(t *testing.T) (*postgres.Store, comments.Site) {
	t.Helper()
	s := open(t, storetest.Postgres(t))
	site, err := comments.NewSite("https://blog.example")
	if err != nil {
		t.Fatal(err)
	}
	site.Created, site.Epoch = time.Unix(5, 0).UTC(), comments.ID{7}
	must(t, s.PutSite(t.Context(), site))
	run := comments.Run{Site: site.Host, ID: comments.ID{1}, State: comments.RunDone, Began: time.Unix(1, 0).UTC(), Report: "{}", Options: "{}"}
	must(t, s.PutRun(t.Context(), run))
	var batch []comments.Imported
	for i := range 300 {
		at := time.Unix(int64(i)+1, 0).UTC()
		c := comments.Imported{Votes: int64(i), Address: []byte{byte(i), 0, '\n', '\t', '\\'}, Comment: comments.Comment{
			ID: comments.ID{14: byte(i >> 8), 15: byte(i)}, Site: site.Host, Page: comments.Page(fmt.Sprintf("/%d", i%7)), Status: comments.Published,
			Author: comments.Author{Name: "A\tnn \\N"}, Source: "x\ny\\.", Markup: comments.Markdown, HTML: "<p>x</p>", Created: at, Decided: at, Origin: comments.Origin{Source: "other", ID: fmt.Sprint(i)},
		}}
		if i >= 7 && i%3 == 0 {
			c.Parent = batch[i-7].ID
		}
		batch = append(batch, c)
	}
	if _, err := s.Load(t.Context(), site.Host, run.ID, batch); err != nil {
		t.Fatal(err)
	}
	must(t, s.Alias(t.Context(), site.Host, "/old", "/1"))
	return s, site
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// contents is all that a site holds.
func contents(t *testing.T, s *postgres.Store) map[string]any {
	t.Helper()
	all := map[string]any{}
	threads, err := s.ArchivedThreads(t.Context(), "blog.example", "", 1000)
	must(t, err)
	for _, th := range threads {
		list, err := s.Archived(t.Context(), "blog.example", th.Page, comments.ID{}, 1000)
		must(t, err)
		all[string(th.Page)] = list
		all[string(th.Page)+" itself"] = th
	}
	runs, err := s.Runs(t.Context(), "blog.example")
	must(t, err)
	all["runs"] = runs
	return all
}

func TestABackupComesBackWhole(t *testing.T) {
	t.Parallel()
	s, site := filled(t)
	want := contents(t, s)
	var b bytes.Buffer
	must(t, s.Backup(t.Context(), &b, time.Unix(9, 0)))
	must(t, s.RemoveSite(t.Context(), site.Host))
	must(t, s.Restore(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len())))
	if diff := cmp.Diff(want, contents(t, s)); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	sites, err := s.Sites(t.Context())
	must(t, err)
	if sites[0].Epoch == site.Epoch || !sites[0].Created.Equal(site.Created) {
		t.Errorf("site %+v", sites[0])
	}
	other := open(t, storetest.Postgres(t))
	must(t, other.Restore(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len())))
	if diff := cmp.Diff(want, contents(t, other)); diff != "" {
		t.Errorf("restored elsewhere (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := filled(t)
	var b bytes.Buffer
	must(t, s.Backup(t.Context(), &b, time.Unix(9, 0)))
	want, whole := contents(t, s), b.Bytes()
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 0x5a
	for name, c := range map[string]struct {
		text []byte
		says string
	}{
		"cut": {whole[:len(whole)/2], "not complete"}, "damaged": {damaged, "damaged"}, "text": {[]byte("hello"), "is no backup"}, "empty": {nil, "is no backup"},
	} {
		err := s.Restore(t.Context(), bytes.NewReader(c.text), int64(len(c.text)))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if diff := cmp.Diff(want, contents(t, s)); diff != "" {
		t.Errorf("after refusals (-want +got):\n%s", diff)
	}
}
