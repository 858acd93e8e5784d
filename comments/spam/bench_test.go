package spam_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/markup"
	"postil/comments/spam"
)

// decisions are comments that a moderator decided about, newest first, as a
// store that answers at once.
type decisions []comments.Comment

func (d decisions) Search(_ context.Context, f comments.Filter) (found []comments.Comment, err error) {
	for _, c := range d {
		switch {
		case len(found) == f.Limit:
			return found, nil
		case f.Statuses != nil && !slices.Contains(f.Statuses, c.Status), c.Created.Before(f.Since),
			f.Judged && c.By == "", !f.Before.IsZero() && slices.Compare(c.ID[:], f.Before[:]) >= 0:
		default:
			found = append(found, c)
		}
	}
	return found, nil
}

var start = time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)

// decided returns so many comments of each kind, half of them good.
func decided(t testing.TB, seed uint64, each int) (list decisions) {
	for n, c := range composed(t, seed, each) {
		c.By, c.Status, c.ID = moderator, comments.Published, comments.ID{1, byte(n >> 8), byte(n)}
		c.Created = start.Add(time.Duration(n) * time.Minute)
		if c.Verdicts == "spam=1" {
			c.Status = comments.Spam
		}
		c.Verdicts = ""
		list = append(list, c)
	}
	slices.Reverse(list)
	return list
}

// composed returns posts as the service would give them to the defences; spam
// is marked in their Verdicts.
func composed(t testing.TB, seed uint64, each int) (list []comments.Comment) {
	t.Helper()
	render := markup.New().Render
	for n, p := range newWriters(seed).posts(each, each) {
		html, err := render(p.Body, comments.Markdown)
		if err != nil {
			t.Fatal(err)
		}
		c := comments.Comment{
			ID: comments.ID{2, byte(n >> 8), byte(n)}, Site: host, Page: comments.Page(p.Page), Created: start,
			Author: comments.Author{Name: p.Name, Website: p.Website}, Source: p.Body, HTML: html,
		}
		if p.spam {
			c.Verdicts = "spam=1"
		}
		list = append(list, c)
	}
	return list
}

func blog(t testing.TB) comments.Site {
	t.Helper()
	site, err := comments.NewSite("https://" + host)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 20 {
		site.Settings.Words = append(site.Settings.Words, fmt.Sprintf("word%d", n), fmt.Sprintf(`/\bcheap\s+(stuff|wares)\s+%d\b/`, n))
	}
	return site
}

// BenchmarkJudge asks all defences of a site with forty words and a classifier
// that has learned two thousand comments.
func BenchmarkJudge(b *testing.B) {
	site := blog(b)
	d := spam.New(spam.Config{Store: decided(b, 1, 1_000), Now: func() time.Time { return start }, Log: slog.New(slog.DiscardHandler)})
	ordinary := composed(b, 2, 500)
	longest := composed(b, 3, 500)
	for n := range longest {
		longest[n].Source = strings.Repeat(longest[n].Source+" ", 1+comments.MaxBody/(1+len(longest[n].Source)))[:comments.MaxBody]
	}
	for name, asked := range map[string][]comments.Comment{"ordinary": ordinary, "longest": longest} {
		b.Run(name, func(b *testing.B) {
			if _, err := d.Judge(b.Context(), comments.Case{Site: site, Comment: asked[0]}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if _, err := d.Judge(b.Context(), comments.Case{Site: site, Comment: asked[n%len(asked)]}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
