package static

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestEveryPageOfModeratorsIsWellFormedAndHarmless(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"admin": true, "admin-card": true} // have only parts of the others
	for name, render := range adminPages() {
		template, _, _ := strings.Cut(name, ",")
		seen[template] = true
		var b bytes.Buffer
		if err := render(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wellFormed(t, name, b.String())
		for _, bad := range []string{"<script>", " style=", " onclick=", `"javascript:`, "<style", "<no value>", "%!", ">admin.", `"admin.`, "ZgotmplZ"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("%s holds %s:\n%s", name, bad, b.String())
			}
		}
		for _, good := range []string{"<!DOCTYPE html>", `<html lang="en">`, `name="viewport"`, `href="/admin.css"`, `href="/icon.svg"`, "<main>", "<h1>", "noindex"} {
			if !strings.Contains(b.String(), good) {
				t.Errorf("%s lacks %s", name, good)
			}
		}
		if referrer := strings.Contains(b.String(), "no-referrer"); referrer != (template == "admin-link") {
			t.Errorf("%s gives no referrer: %v", name, referrer)
		}
	}
	files, err := os.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".html"); strings.HasPrefix(name, "admin") && !seen[name] {
			t.Errorf("no test renders %s", f.Name())
		}
	}
}

func TestAdminAssetsChangeTheirAddressWithTheirBytes(t *testing.T) {
	t.Parallel()
	for name, mediaType := range map[string]string{"admin.js": "text/javascript; charset=utf-8", "admin.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"} {
		a := AdminAsset(name)
		if a.File == nil || a.File.Type != mediaType || !a.File.Forever || len(a.File.Body) == 0 {
			t.Fatalf("%s is %+v", name, a)
		}
		stem, ext, _ := strings.Cut(name, ".")
		if !regexp.MustCompile(`^/admin/static/` + stem + `\.[0-9a-f]{12}\.` + ext + `$`).MatchString(a.Path) {
			t.Errorf("%s is at %s", name, a.Path)
		}
		sum := sha512.Sum384(a.File.Body)
		if a.Integrity != "sha384-"+base64.StdEncoding.EncodeToString(sum[:]) {
			t.Errorf("%s has the integrity %s", name, a.Integrity)
		}
	}
	if a := AdminAsset("other"); a.File != nil {
		t.Errorf("found %s", a.Path)
	}
	for _, a := range Assets() {
		if strings.Contains(a.Name, "admin") {
			t.Errorf("%s is published for readers", a.Name)
		}
	}
}

// WCAG 2.2 §1.4.3: the colours of statuses stand as text on a page, on a
// comment with the focus, and behind the text of a count.
func TestColoursOfStatusesCanBeRead(t *testing.T) {
	t.Parallel()
	base, own := cssColours(t, "styles/base.css"), cssColours(t, "styles/admin-page.css")
	for _, scheme := range []string{"light", "dark"} {
		colours := base[scheme]
		for name, value := range own[scheme] {
			colours[name] = value
		}
		for _, pair := range []string{"held paper", "held mark", "alarm mark", "accent mark", "soft mark", "alarm raised"} {
			front, back, _ := strings.Cut(pair, " ")
			a, b := colours[front]+.05, colours[back]+.05
			if ratio := max(a, b) / min(a, b); ratio < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f, less than 4.5", scheme, pair, ratio)
			}
		}
		if a, b := colours["deleted"]+.05, colours["paper"]+.05; max(a, b)/min(a, b) < 3 {
			t.Errorf("%s: the edge of erased comments has a contrast of %.2f, less than 3", scheme, max(a, b)/min(a, b))
		}
	}
}

// cssColours returns the luminance of the named colours of a sheet.
func cssColours(t *testing.T, path string) map[string]map[string]float64 {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(source), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatalf("%s has no dark colours", path)
	}
	all := map[string]map[string]float64{}
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		all[scheme] = map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{3,6});`).FindAllStringSubmatch(css, -1) {
			all[scheme][m[1]] = luminance(t, m[2])
		}
	}
	return all
}
