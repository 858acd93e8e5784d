package main

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// TestDoctorFindsNothingWrongWithOddPages is about what browsers take as well.
func TestDoctorFindsNothingWrongWithOddPages(t *testing.T) {
	t.Parallel()
	p, a := serveScene(t, "--trusted-proxy", "127.0.0.1"), newAuthority(t)
	for _, c := range []setup{
		{name: "script by its hashes", spoil: func(t *testing.T, s *scene) {
			s.header.Set("Content-Security-Policy", rawFields(t, printCSP(t, "--service", sceneService, "--hashes", "--format", "raw"))[0].value)
		}},
		{name: "file stored with gzip", spoil: func(t *testing.T, s *scene) {
			var zipped bytes.Buffer
			z := gzip.NewWriter(&zipped)
			if _, err := z.Write([]byte(s.page)); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			s.page = zipped.String()
			s.header.Set("Content-Encoding", "gzip")
		}},
		{name: "address in capitals, with a port", spoil: func(_ *testing.T, s *scene) {
			s.url = "https://BLOG.example:443/post/"
			s.header.Set("Content-Security-Policy", "default-src https://comments.example")
		}},
		{name: "base", spoil: func(t *testing.T, s *scene) {
			s.change(t, "<title>", `<base href="`+sceneService+`/"><title>`)
			s.change(t, `src="`+sceneService+`/`, `src="`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(p, printCSP(t, "--service", sceneService), "")
			s.header.Del("Content-Security-Policy")
			c.spoil(t, s)
			code, report, text := s.examine(t, a)
			c.judge(t, code, report, text)
		})
	}
}
