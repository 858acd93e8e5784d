package static

import (
	"embed"
	"html/template"
	"io"
	"sync"
	"time"
)

//go:embed templates/*.html
var templateFiles embed.FS

var templates = sync.OnceValue(func() *template.Template {
	funcs := template.FuncMap{"text": Text, "count": Count, "date": Date, "span": Span, "direction": Direction, "trusted": trusted, "iso": iso}
	return template.Must(template.New("").Funcs(funcs).Option("missingkey=error").ParseFS(templateFiles, "templates/*.html"))
})

// trusted is the one door for markup that is not escaped.
func trusted(m Markup) template.HTML {
	if m == nil {
		return ""
	}
	return template.HTML(m.XHTML())
}

// badgeShown is how much of a badge stands beside a name: enough to tell two
// people of one name apart. The rest is told to whoever asks.
const badgeShown = 5

// ShortBadge returns the part of a badge that stands beside a name.
func ShortBadge(badge string) string { return badge[:min(len(badge), badgeShown)] }

// iso is the machine's form of a time (RFC 3339), to the second.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// RenderThread writes one document of a thread.
func RenderThread(w io.Writer, p ThreadPage) error { return render(w, "thread.html", p) }

// RenderFragment writes the newest document of a thread as a part of a page of
// the blog's. Its entries are Nested.
func RenderFragment(w io.Writer, p ThreadPage) error { return render(w, "fragment.html", p) }

// RenderForm writes the form for a new comment.
func RenderForm(w io.Writer, p FormPage) error { return render(w, "form.html", p) }

// RenderDone writes what became of a comment.
func RenderDone(w io.Writer, p DonePage) error { return render(w, "done.html", p) }

// RenderEdit writes the form for editing and deleting a comment.
func RenderEdit(w io.Writer, p EditPage) error { return render(w, "edit.html", p) }

// RenderFollow writes the page about answers by mail.
func RenderFollow(w io.Writer, p FollowPage) error { return render(w, "follow.html", p) }

// RenderPrivacy writes what is kept.
func RenderPrivacy(w io.Writer, p PrivacyPage) error { return render(w, "privacy.html", p) }

// RenderProblem writes what went wrong.
func RenderProblem(w io.Writer, p ProblemPage) error { return render(w, "problem.html", p) }

// RenderDemo writes the demonstration.
func RenderDemo(w io.Writer, p DemoPage) error { return render(w, "demo.html", p) }

// render writes a page; w may have received a part of it when it fails, so
// callers who answer requests give it a buffer.
func render(w io.Writer, name string, page any) error {
	return templates().ExecuteTemplate(w, name, page)
}
