package main

import (
	"embed"
	"html/template"
	"net/http"
	"path"
	"strings"

	"postil/static"
)

//go:embed themes
var themeFiles embed.FS

// names of the themes, in the order of the sheet.
func names() []string { return []string{"serif", "sans", "dark", "tiny", "reset"} }

var page = template.Must(template.ParseFS(themeFiles, "themes/page.html"))

// themes is a blog that has its pages in every look: /THEME/PAGE.
type themes struct{ service string }

// ServeHTTP answers with a page, or with a style sheet.
func (t *themes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".css") {
		http.ServeFileFS(w, r, themeFiles, "themes/"+path.Base(r.URL.Path))
		return
	}
	theme, at, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	script := static.Hashed("postil.js")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, map[string]any{
		"Theme": theme, "Page": "/" + at, "Arabic": "/"+at == arabicPage, "Host": r.Host,
		"Script": t.service + script.Path, "Integrity": script.Integrity, "Service": t.service,
	})
}
