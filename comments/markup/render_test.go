package markup_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
	"postil/comments/markup"
)

// golden is a source and what must come of it.
type golden struct{ name, source, want string }

func TestMarkdownBecomesSafeXHTML(t *testing.T) { runGolden(t, comments.Markdown, markdownCases()) }

func TestImportedHTMLBecomesSafeXHTML(t *testing.T) { runGolden(t, comments.SourceHTML, htmlCases()) }

func runGolden(t *testing.T, kind comments.Markup, cases []golden) {
	t.Parallel()
	r := markup.New()
	for _, g := range cases {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			out, err := r.Render(g.source, kind)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(g.want, string(out)); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
			assertPromises(t, r, string(out))
		})
	}
}

func TestExcessIsAnErrorAtBody(t *testing.T) {
	t.Parallel()
	repeat := strings.Repeat
	for name, c := range map[string]struct {
		source string
		kind   comments.Markup
		want   string
	}{
		"10 000 >":            {repeat(">", 10_000), comments.Markdown, "nested too deeply"},
		"300 quotes":          {repeat("> ", 300) + "x", comments.Markdown, "nested too deeply"},
		"3 000 list items":    {repeat("1. ", 3000) + "x", comments.Markdown, "nested too deeply"},
		"quotes by tab":       {repeat(">\t", 5000), comments.Markdown, "nested too deeply"},
		"nested emphasis":     {repeat("*a ", 1500) + repeat(" a*", 1500), comments.Markdown, "nested too deeply"},
		"300 div":             {repeat("<div>", 300) + "x", comments.SourceHTML, "nested too deeply"},
		"9 000 div":           {repeat("<div>", 9000) + "x", comments.SourceHTML, "nested too deeply"},
		"14 000 tags":         {repeat("<p>x</p>", 7000), comments.SourceHTML, "too many formatted parts"},
		"reference blow-up":   {"[a]: http://x.example/" + repeat("y", 5000) + "\n\n" + repeat("[a]", 1600), comments.Markdown, "becomes too long"},
		"formatting blow-up":  {"<p>" + repeat("<b><i><u><s><em><strong><code><small>", 3) + repeat("<p>x", 9000), comments.SourceHTML, "becomes too long"},
		"escaping blow-up":    {repeat("&", 64<<10), comments.SourceHTML, "becomes too long"},
		"too long a source":   {repeat("x", 64<<10+1), comments.SourceHTML, "at most 65536"},
		"nothing to be seen":  {"[a]: http://x.example", comments.Markdown, "shows nothing"},
		"only a broken image": {"![](/x.png)", comments.Markdown, "shows nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := markup.New().Render(c.source, c.kind)
			e, ok := errors.AsType[*comments.Error](err)
			if !ok || e.Kind != comments.Invalid || e.Field != "body" || !strings.Contains(e.Text, c.want) {
				t.Errorf("got %.60q and error %v, want one at body: …%s…", out, err, c.want)
			}
		})
	}
}

// hostile are texts of 10 000 characters that cost far more than their
// length, or would without the guards.
func hostile() map[string]string {
	repeat := strings.Repeat
	return map[string]string{
		"deep quotes":              repeat(">", 10_000),
		"deep quotes by tab":       repeat(">\t", 5000),
		"wide table of short rows": repeat("a|", 1250) + "\n" + repeat("-|", 1250) + "\n" + repeat("a\n", 2500),
		"small padded tables":      repeat(repeat("a|", 16)+"\n"+repeat("-|", 16)+"\n"+repeat("a\n", 16)+"\n", 100),
		"references":               "[a]: http://x.example/" + repeat("y", 5000) + "\n\n" + repeat("[a]", 1600),
		"open brackets":            repeat("[", 10_000),
		"nested brackets":          repeat("[", 5000) + repeat("]", 5000),
		"open links":               repeat("[a](", 2500),
		"open images":              repeat("![", 5000),
		"mixed emphasis":           repeat("*a_ ", 2500),
		"autolink starts":          repeat("<http:", 1600),
		"address starts":           repeat("a@", 5000),
		"short paragraphs":         repeat("a\n\n", 3333),
	}
}

// TestHostileTextsStayCheap counts bytes, which a busy machine does not
// change; BenchmarkHostile counts time. It must run alone. (Without its guard
// the wide table takes 700 MB.)
func TestHostileTextsStayCheap(t *testing.T) {
	const most = 32 << 20
	r := markup.New()
	for name, source := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		out, err := r.Render(source, comments.Markdown)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s: took %d bytes", name, took)
		}
		if err != nil && comments.KindOf(err) != comments.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if err := check(string(out)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheDeepestAcceptedNestingIsRendered(t *testing.T) {
	t.Parallel()
	r := markup.New()
	for levels, ok := range map[int]bool{99: true, 100: false} {
		_, err := r.Render(strings.Repeat("> ", levels)+"x", comments.Markdown)
		if (err == nil) != ok {
			t.Errorf("%d quotes around a paragraph: %v", levels, err)
		}
		_, err = r.Render(strings.Repeat("<div>", levels)+"<p>x", comments.SourceHTML)
		if (err == nil) != ok {
			t.Errorf("%d div around a paragraph: %v", levels, err)
		}
	}
}

func TestAnUnknownLanguageIsRefused(t *testing.T) {
	t.Parallel()
	if out, err := markup.New().Render("x", "wiki"); err == nil || comments.KindOf(err) != comments.Invalid {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestImportedHTMLMayComeOutEmpty(t *testing.T) {
	t.Parallel()
	if out, err := markup.New().Render("<script>x</script><p> <br></p>", comments.SourceHTML); out != "" || err != nil {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestARendererIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	r := markup.New()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, g := range markdownCases() {
				if out, err := r.Render(g.source, comments.Markdown); err != nil || string(out) != g.want {
					t.Errorf("%s: got %q, %v", g.name, out, err)
				}
			}
		})
	}
	wg.Wait()
}
