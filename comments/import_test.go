package comments

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func importing() (Importer, Site, Record) {
	s := Importer{&Service{Config: Config{
		Render: func(source string, _ Markup) (HTML, error) { return HTML(source), nil },
	}}}
	site := Site{Host: "blog.example", Settings: Settings{Origins: []string{"https://blog.example"}}}
	return s, site, Record{
		Origin: Origin{"disqus", "7"}, Page: "/post", Author: Author{Name: "Ann", Website: "https://ann.example"},
		Source: "words", Markup: SourceHTML, Status: Published, Created: time.Date(2014, 2, 3, 4, 5, 6, 7890, time.UTC),
	}
}

func TestTextsOfImportsAreMadeFit(t *testing.T) {
	t.Parallel()
	s, site, r := importing()
	r.Page = "https://blog.example/post/index.html"
	r.Author = Author{Name: " A\x00n\u202en\n\xff " + strings.Repeat("ü", MaxName), Website: "javascript:alert(1)"}
	r.Source = "a\x00b\u0085\xff\tc\r\n"
	prepared, err := s.Prepare(site, r)
	got := prepared.comment.Comment
	want := Comment{
		Site: "blog.example", Page: "/post", Status: Published, Author: Author{Name: "Ann \ufffd " + strings.Repeat("ü", MaxName-6)},
		Source: "a\ufffdb\ufffd\ufffd\tc", Markup: SourceHTML, HTML: "a\ufffdb\ufffd\ufffd\tc",
		Created: r.Created.Truncate(time.Microsecond), Decided: r.Created.Truncate(time.Microsecond), Origin: r.Origin,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v; want (-), got (+):\n%s", err, diff)
	}
	if err := errors.Join(validateName(got.Author.Name), validateBody(got.Source)); err != nil {
		t.Error(err)
	}
}

func TestImportedNamesThatShowNothingAreNone(t *testing.T) {
	t.Parallel()
	s, site, r := importing()
	r.Author.Name = "\u3164\u200b"
	if prepared, err := s.Prepare(site, r); err != nil || prepared.comment.Author.Name != "" {
		t.Errorf("%q, %v", prepared.comment.Author.Name, err)
	}
}

func TestImportsThatCannotBeMadeFitAreRefused(t *testing.T) {
	t.Parallel()
	for field, set := range map[string]func(*Record){
		"origin":  func(r *Record) { r.Origin.ID = "" },
		"status":  func(r *Record) { r.Status = "approved" },
		"created": func(r *Record) { r.Created = time.Time{} },
		"page":    func(r *Record) { r.Page = "https://other.example/" },
		"source":  func(r *Record) { r.Source = "" },
	} {
		s, site, r := importing()
		set(&r)
		_, err := s.Prepare(site, r)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Invalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestDeletedImportsBringNoWords(t *testing.T) {
	t.Parallel()
	s, site, r := importing()
	r.Status = Deleted
	r.Votes, r.Pinned, r.Edited, r.Email = 3, true, r.Created.Add(time.Hour), "ann@mail.example"
	prepared, err := s.Prepare(site, r)
	got := prepared.comment
	if err != nil || got.Status != Deleted || got.Source != "" || got.HTML != "" || got.Author != (Author{}) || got.Origin != r.Origin ||
		got.Votes != 0 || got.Pinned || !got.Edited.IsZero() || got.Address != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

func exact(site Site) Comment {
	at := time.Date(2014, 2, 3, 4, 5, 6, 0, time.UTC)
	return Comment{ID: ID{15: 7}, Site: site.Host, Page: "/post", Number: 1, Status: Published, Author: Author{Name: "Ann"}, Source: "words", Markup: Markdown, Created: at, Decided: at}
}

func TestExactImportsAreRefusedBeforeAStoreRefusesThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field string
		set   func(*Comment)
	}{
		"half an origin":        {"origin", func(c *Comment) { c.Origin.Source = "disqus" }},
		"the other half":        {"origin", func(c *Comment) { c.Origin.ID = "7" }},
		"control characters":    {"origin", func(c *Comment) { c.Origin = Origin{"disqus", "7\x00"} }},
		"too long to look up":   {"origin", func(c *Comment) { c.Origin = Origin{"disqus", strings.Repeat("7", MaxOrigin)} }},
		"an unfit moderator":    {"by", func(c *Comment) { c.By = "mod\x00" }},
		"unfit verdicts":        {"verdicts", func(c *Comment) { c.Verdicts = "links\x00=1" }},
		"a number beyond pages": {"number", func(c *Comment) { c.Number = MaxNumber + 1 }},
		"and of a deleted one":  {"number", func(c *Comment) { c.Number, c.Status = MaxNumber+1, Deleted }},
		"a name too long":       {"name", func(c *Comment) { c.Author.Name = strings.Repeat("ü", MaxName+1) }},
	} {
		s, site, _ := importing()
		one := exact(site)
		c.set(&one)
		_, err := s.PrepareExact(site, one, 0)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Invalid || e.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An imported name may hold a #, behind which stands no secret.
func TestExactImportsKeepNamesThatImportsMade(t *testing.T) {
	t.Parallel()
	s, site, r := importing()
	r.Author.Name = "#" + strings.Repeat("\U0001f600", MaxName)
	prepared, err := s.Prepare(site, r)
	if err != nil {
		t.Fatal(err)
	}
	one := exact(site)
	one.Author.Name = prepared.comment.Author.Name
	if _, err := s.PrepareExact(site, one, 0); err != nil {
		t.Error(err)
	}
}
