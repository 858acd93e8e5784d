package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postil/deploy/doctor"
	"postil/static/csp"
)

// TestDoctorNamesWhatIsBroken spoils one thing at a time.
func TestDoctorNamesWhatIsBroken(t *testing.T) {
	t.Parallel()
	p, a := serveScene(t, "--trusted-proxy", "127.0.0.1"), newAuthority(t)
	guide := printCSP(t, "--service", sceneService)
	policy := rawFields(t, printCSP(t, "--service", sceneService, "--format", "raw"))[0].value
	for _, c := range slices.Concat(brokenPages, brokenServers) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(p, guide, policy)
			c.spoil(t, s)
			code, report, text := s.examine(t, a)
			c.judge(t, code, report, text)
		})
	}
}

// judge checks that what is wrong is named, and nothing else.
func (c setup) judge(t *testing.T, code int, report doctor.Report, text string) {
	t.Helper()
	t.Log("\n" + text)
	if code != c.code {
		t.Errorf("exit code %d, want %d", code, c.code)
	}
	found := map[string]string{}
	for _, f := range report.Findings {
		if f.State == doctor.Wrong {
			found[f.Check] += f.Text + " " + f.Mend
		}
		if f.State == doctor.Wrong && f.Mend == "" {
			t.Errorf("%s is wrong, and how to mend it is not said", f.Check)
		}
	}
	for check, words := range c.wrong {
		if got, ok := found[check]; !ok || !strings.Contains(got, words) {
			t.Errorf("%s: %q does not say %q", check, got, words)
		}
		delete(found, check)
	}
	for check, words := range found {
		t.Errorf("%s is not wrong: %s", check, words)
	}
	if strings.Contains(text, "All is well") == (code != 0) || strings.Contains(text, "\x1b") {
		t.Errorf("printed, with exit code %d:\n%s", code, text)
	}
}

// TestDoctorFindsNothingWhereAllIsWell follows what "postil csp" prints, for
// each way of embedding.
func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	t.Parallel()
	p, a := serveScene(t, "--trusted-proxy", "127.0.0.1"), newAuthority(t)
	for _, style := range []string{csp.ByScript, csp.ByFrame, csp.ByForm} {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			s := newScene(p, printCSP(t, "--service", sceneService, "--style", style),
				rawFields(t, printCSP(t, "--service", sceneService, "--style", style, "--format", "raw"))[0].value)
			code, report, text := s.examine(t, a)
			setup{}.judge(t, code, report, text)
			if report.Way != style || report.Service != sceneService || report.Page != s.url || !report.Seen {
				t.Errorf("%+v", report)
			}
			for _, f := range report.Findings {
				if f.State != doctor.OK {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestDoctorKnowsPagesWithoutScript is about included comments and mere links.
func TestDoctorKnowsPagesWithoutScript(t *testing.T) {
	t.Parallel()
	p, a := serveScene(t, "--trusted-proxy", "127.0.0.1"), newAuthority(t)
	thread := sceneService + "/feeds/blog.example/post/"
	feed := `<link rel="alternate" type="application/atom+xml" href="` + thread + `feed.xml">`
	for _, c := range []struct {
		name, page, policy, way string
		wrong                   map[string]string
	}{
		{"link", feed + `<a href="` + thread + `thread.html">Comments</a>`, "default-src 'none'", "link", nil},
		{"include", feed + `<section class="postil"><a class="feed" href="` + thread + `feed.xml">Feed</a></section>`, "default-src 'none'", csp.ByInclude, nil},
		{"include with the sheet", feed + `<link rel="stylesheet" href="` + sceneService + `/postil.css"><section class="postil"><a class="feed" href="` + thread + `feed.xml">Feed</a></section>`,
			"style-src 'self'", csp.ByInclude, map[string]string{doctor.Policy: "style-src 'self' https://comments.example"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(p, "", c.policy)
			s.page = c.page
			code, report, text := s.examine(t, a)
			setup{wrong: c.wrong, code: len(c.wrong)}.judge(t, code, report, text)
			if report.Way != c.way {
				t.Errorf("the way is %q", report.Way)
			}
		})
	}
}

// TestDoctorKnowsFramesFromOtherOrigins is about the service's own policy.
func TestDoctorKnowsFramesFromOtherOrigins(t *testing.T) {
	t.Parallel()
	p, a := serveScene(t, "--trusted-proxy", "127.0.0.1"), newAuthority(t)
	s := newScene(p, printCSP(t, "--service", sceneService, "--style", "frame"), "default-src 'none'")
	s.url, s.name = "https://www.blog.example/post/", "www.blog.example"
	code, report, text := s.examine(t, a)
	setup{code: 1, wrong: map[string]string{
		doctor.Policy: `"default-src 'none'" does not allow https://comments.example/feeds/`,
		doctor.Frame:  "does not let https://www.blog.example frame its threads",
	}}.judge(t, code, report, text)
	s = newScene(p, printCSP(t, "--service", sceneService, "--style", "frame"), "frame-src https:")
	s.header.Set("Cross-Origin-Embedder-Policy", "require-corp")
	code, report, text = s.examine(t, a)
	setup{code: 1, wrong: map[string]string{doctor.Frame: "Leave that header out"}}.judge(t, code, report, text)
}

// TestDoctorNoticesAProxyThatIsNotTrusted needs a service without the flag.
func TestDoctorNoticesAProxyThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	p, a := serveScene(t), newAuthority(t)
	s := newScene(p, printCSP(t, "--service", sceneService), "")
	s.header.Del("Content-Security-Policy")
	code, report, text := s.examine(t, a)
	setup{code: 1, wrong: map[string]string{doctor.Proxy: "--trusted-proxy"}}.judge(t, code, report, text)
}

// TestDoctorIsContentWithWhatIsDeployed goes through each proxy with its
// configuration in deploy/.
func TestDoctorIsContentWithWhatIsDeployed(t *testing.T) {
	t.Parallel()
	for name, front := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := cspBlog{style: csp.ByScript, address: freeAddress(t), dir: t.TempDir()}
			listen, upstreams, public := freeAddress(t), [2]string{freeAddress(t), freeAddress(t)}, t.TempDir()
			service := "http://" + listen
			p := serveProgram(t, "--data", t.TempDir(), "--public", public, "--listen", upstreams[0], "--url", service, "--site", "http://"+b.address, "--trusted-proxy", "127.0.0.1")
			p.post(t, b.address, "/post", "said before")
			onDisk(t, filepath.Join(public, "feeds", b.address, "post"), "said before")
			front.start(t, listen, upstreams, "/var/lib/postil/public", public)
			writeFile(t, "<title>Post</title>"+snippets(printCSP(t, "--service", service), b.address, "/post"), b.dir, "post", "index.html")
			serveHeaders(t, b, nil)
			eventually(t, "the proxy serves", func() bool {
				resp, err := http.Get(service + "/readyz")
				if err == nil {
					resp.Body.Close()
				}
				return err == nil && resp.StatusCode == http.StatusOK
			})
			var out, errOut bytes.Buffer
			code := run(t.Context(), []string{"postil", "doctor", "http://" + b.address + "/post/", "--data", filepath.Join(b.dir, "none"), "--json"}, nil, strings.NewReader(""), &out, &errOut)
			var report doctor.Report
			if err := json.Unmarshal(out.Bytes(), &report); err != nil || code != 0 {
				t.Errorf("exit code %d, %v: %s", code, err, &errOut)
			}
			for _, f := range report.Findings {
				near := f.Check == doctor.Proxy && f.State == doctor.Note && strings.Contains(f.Text, "and is believed") // everything is on this machine
				if f.State != doctor.OK && !near {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestDoctorAsksTheServerOnTheSameMachine goes over the control socket.
func TestDoctorAsksTheServerOnTheSameMachine(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serveProgram(t, "--data", data, "--url", sceneService, "--site", sceneBlog, "--trusted-proxy", "127.0.0.1")
	p.post(t, "blog.example", "/post", "said before")
	onDisk(t, filepath.Join(data, "public", "feeds", "blog.example", "post"), "said before")
	a := newAuthority(t)
	s := newScene(p, printCSP(t, "--service", sceneService), "")
	s.header.Del("Content-Security-Policy")
	s.more = []string{"--data", data}
	eventually(t, "all is well", func() bool {
		_, r, _ := s.examine(t, a)
		last := r.Findings[len(r.Findings)-1]
		return last.Check == doctor.Process && last.State == doctor.OK
	})
	if out, err := runProgram(t, "", "hold", "--data", data); err != nil {
		t.Fatal(out, err)
	}
	code, report, text := s.examine(t, a)
	setup{code: 1, wrong: map[string]string{doctor.Process: "postil release"}}.judge(t, code, report, text)
	if code := p.stop(t); code != 0 {
		t.Fatalf("serve ended with %d", code)
	}
	s.more = append(s.more, "--connect", "comments.example=127.0.0.1:1")
	_, report, _ = s.examine(t, a)
	if last := report.Findings[len(report.Findings)-1]; last.Check != doctor.Process || last.State != doctor.Note || !strings.Contains(last.Text, "No server runs") {
		t.Errorf("%+v", last)
	}
}

func TestJudgeOfAServer(t *testing.T) {
	t.Parallel()
	for words, h := range map[string]serverHealth{
		"Start the database":      {Database: "no"},
		"cannot write 2 pages":    {Files: &filesHealth{Failing: 2, Error: "disk full"}},
		"does not publish yet":    {},
		"3 changes to go":         {Files: &filesHealth{Behind: 3}},
		"its files show all that": {Files: &filesHealth{}},
	} {
		if f := judgeProcess("d", h); !strings.Contains(f.Text+f.Mend, words) {
			t.Errorf("%+v: %+v", h, f)
		}
	}
}

func TestErrorsOfDoctorNameTheFlag(t *testing.T) {
	t.Parallel()
	var out, errOut bytes.Buffer
	code := run(t.Context(), []string{"postil", "doctor", "ftp://blog.example", "--service", "x", "--connect", "y", "--ca", "/nowhere"}, nil, strings.NewReader(""), &out, &errOut)
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	if code := run(t.Context(), []string{"postil", "doctor", "b\u00fccher.example"}, nil, strings.NewReader(""), &out, &errOut); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	for _, words := range []string{"xn-- form", "is not the address of a page", "--service:", "--connect:", "--ca:"} {
		if !strings.Contains(errOut.String(), words) {
			t.Errorf("no %q in %s", words, &errOut)
		}
	}
}

func TestReportCannotCommandATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := printFindings(&out, &doctor.Report{Findings: []doctor.Finding{{Check: "page", State: doctor.Wrong, Text: "a\x1b[2Jb " + strings.Repeat("word ", 30), Mend: "c\u009bd"}}})
	if err != nil || strings.ContainsAny(out.String(), "\x1b\u009b") {
		t.Errorf("%q", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if len([]rune(line)) > stateWidth+checkWidth+textWidth+1 {
			t.Errorf("a line of %d", len(line))
		}
	}
}
