package web

import (
	"strings"
	"testing"

	"postil/static"
)

func TestCodingIsTheOneThatTheClientLikesBest(t *testing.T) {
	t.Parallel()
	both := feedFile()
	for accept, want := range map[string]int{
		"br":                         brotli,
		"gzip":                       gzip,
		"x-gzip":                     gzip,
		"GZIP":                       gzip,
		"gzip, deflate, br, zstd":    brotli,
		"gzip;q=1.0, br;q=0.9":       gzip,
		"gzip;q=0.5, br;q=0.501":     brotli,
		"gzip;q=0.5 , br ;q=0":       gzip,
		"gzip ; q=0.5":               gzip,
		"br;q=0, gzip;q=0":           identity,
		"identity":                   identity,
		"identity, gzip;q=0.5":       identity,
		"identity;q=0.5, gzip;q=0.5": gzip,
		"":                           identity,
		"deflate":                    identity,
		"*":                          brotli,
		"*;q=0.5, gzip":              gzip,
		"*, br;q=0":                  gzip,
		"*;q=0, gzip":                gzip,
		"gzip;q=0, *":                brotli,
		"*;q=0":                      unacceptable,
		"identity;q=0":               unacceptable,
		"identity;q=0, deflate":      unacceptable,
		"identity;q=0, gzip;q=0.001": gzip,
		"*;q=0, identity":            identity,
		"*;q=0, identity;q=0.1":      identity,
		"gzip;q=2":                   identity,
		"gzip;q=1.001":               identity,
		"gzip;q=0.1234":              identity,
		"gzip;q=x":                   identity,
		"gzip;level=9":               identity,
		",,gzip,,":                   gzip,
	} {
		if got := chooseCoding([]string{accept}, both); got != want {
			t.Errorf("Accept-Encoding %q: %d, want %d", accept, got, want)
		}
	}
	if got := chooseCoding(nil, both); got != identity {
		t.Errorf("without the field: %d", got)
	}
	if got := chooseCoding([]string{"gzip;q=0.5", "br;q=0.6"}, both); got != brotli {
		t.Errorf("two fields: %d", got)
	}
	for accept, want := range map[string]int{"br, gzip": identity, "*": identity, "br, identity;q=0": unacceptable} {
		if got := chooseCoding([]string{accept}, &static.File{Body: []byte("a")}); got != want {
			t.Errorf("no twins, Accept-Encoding %q: %d, want %d", accept, got, want)
		}
	}
}

func TestTwinIsServedWithATagOfItsOwn(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	for accept, want := range map[string][3]string{
		"br": {"brotli", `"tag-br"`, "br"}, "gzip": {"gzipped", `"tag-gzip"`, "gzip"}, "identity": {"0123456789 as it is", `"tag"`, ""},
	} {
		a := w.send("GET", feedPath, "", "Accept-Encoding", accept).want(200)
		if got := [3]string{a.body, a.header.Get("Etag"), a.header.Get("Content-Encoding")}; got != want {
			t.Errorf("%s: %q, want %q", accept, got, want)
		}
		if a.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary %q", accept, a.header.Get("Vary"))
		}
	}
	w.send("GET", feedPath, "", "Accept-Encoding", "identity;q=0, br;q=0, gzip;q=0").problem(406)
}

func FuzzChooseCoding(f *testing.F) {
	for _, seed := range []string{"gzip, deflate, br", "*;q=0", "identity;q=0.5,br;q=1.000", ";;q=,", "q=0.9"} {
		f.Add(seed)
	}
	both := feedFile()
	f.Fuzz(func(t *testing.T, accept string) {
		coding := chooseCoding([]string{accept}, both)
		if coding == unacceptable && !strings.Contains(accept, "0") {
			t.Fatalf("%q excludes nothing, yet nothing suits it", accept)
		}
		if coding == brotli && !strings.Contains(strings.ToLower(accept), "br") && !strings.Contains(accept, "*") {
			t.Fatalf("%q was answered with brotli", accept)
		}
	})
}

func FuzzMatchesAny(f *testing.F) {
	f.Add(`"a", W/"tag"`, `"tag"`)
	f.Add(`*`, `"tag"`)
	f.Fuzz(func(t *testing.T, field, other string) {
		const tag = `"tag"`
		matchesAny([]string{other, field}, tag)
		if matchesAny([]string{field}, tag) && !strings.Contains(field, tag) && !strings.Contains(field, "*") {
			t.Fatalf("%q matches %s", field, tag)
		}
	})
}
