package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/deploy/doctor"
)

// authority is who signs a test's certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // in PEM form
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: certKey(t), file: filepath.Join(t.TempDir(), "ca.pem")}
	a.cert = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0)}
	der := a.sign(t, a.cert, &a.key.PublicKey)
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func certKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) sign(t *testing.T, template *x509.Certificate, public *ecdsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, public, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// certify makes a certificate for names that ends after so many days.
func (a *authority) certify(t *testing.T, days int, names ...string) tls.Certificate {
	t.Helper()
	key := certKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: time.Now().AddDate(0, 0, -60), NotAfter: time.Now().AddDate(0, 0, days).Add(time.Hour)}
	return tls.Certificate{Certificate: [][]byte{a.sign(t, template, &key.PublicKey)}, PrivateKey: key}
}

// The names in a scene.
const (
	sceneBlog    = "https://blog.example"
	sceneService = "https://comments.example"
)

// scene is a blog and a service behind a proxy, both with TLS, as they should
// be until a set-up spoils something.
type scene struct {
	process *process // the service itself
	page    string   // what the blog serves
	header  http.Header
	url     string // of the page
	proxy   func(*httputil.ProxyRequest)
	answer  func(*http.Response)
	front   http.Handler // in place of the proxy
	days    int          // of the blog's certificate
	name    string       // on it
	noCA    bool
	more    []string // arguments
}

// serveScene starts what set-ups have in common: the service.
func serveScene(t *testing.T, args ...string) *process {
	t.Helper()
	p := serveProgram(t, append([]string{"--data", t.TempDir(), "--url", sceneService, "--site", sceneBlog}, args...)...)
	p.post(t, "blog.example", "/post", "said before")
	return p
}

// newScene follows the guide of "postil csp" to the letter.
func newScene(p *process, guide, policy string) *scene {
	s := &scene{process: p, url: sceneBlog + "/post/", days: 60, name: "blog.example", header: http.Header{},
		proxy: (*httputil.ProxyRequest).SetXForwarded, answer: func(*http.Response) {}}
	s.header.Set("Content-Type", "text/html; charset=utf-8")
	s.header.Set("Content-Security-Policy", policy)
	s.header.Set("Referrer-Policy", "no-referrer")
	s.page = `<!DOCTYPE html><html lang="en"><head><title>Post</title><link rel="canonical" href="` + sceneBlog + `/post/"></head><body>` +
		snippets(guide, "blog.example", "/post") + `</body></html>`
	return s
}

// change replaces something that must be in the page.
func (s *scene) change(t *testing.T, old, new string) {
	t.Helper()
	if !strings.Contains(s.page, old) {
		t.Fatalf("no %s in %s", old, s.page)
	}
	s.page = strings.Replace(s.page, old, new, 1)
}

// examine starts blog and proxy and asks the doctor.
func (s *scene) examine(t *testing.T, a *authority) (code int, r doctor.Report, text string) {
	t.Helper()
	blog := secure(t, a.certify(t, s.days, s.name), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range s.header {
			w.Header()[name] = values
		}
		_, _ = io.WriteString(w, s.page) // the doctor left
	}))
	front := s.front
	if front == nil {
		front = s.reverseProxy(t)
	}
	service := secure(t, a.certify(t, 60, "comments.example"), front)
	args := []string{"postil", "doctor", s.url, "--data", filepath.Join(t.TempDir(), "none"),
		"--connect", "blog.example=" + blog, "--connect", "www.blog.example=" + blog, "--connect", "comments.example=" + service}
	if !s.noCA {
		args = append(args, "--ca", a.file)
	}
	args = append(args, s.more...)
	var out, words, errOut bytes.Buffer
	code = run(t.Context(), append(args, "--json"), nil, strings.NewReader(""), &out, &errOut)
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s%s", err, &out, &errOut)
	}
	if again := run(t.Context(), args, nil, strings.NewReader(""), &words, &errOut); again != code {
		t.Errorf("exit code %d with --json, %d without", code, again)
	}
	return code, r, words.String()
}

func (s *scene) reverseProxy(t *testing.T) http.Handler {
	t.Helper()
	target, err := url.Parse(s.process.base)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Transport: &http.Transport{DisableCompression: true},
		ErrorLog:  log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			s.proxy(r)
		},
		ModifyResponse: func(r *http.Response) error { s.answer(r); return nil },
	}
}

// secure serves with TLS on the loopback interface and returns the address.
func secure(t *testing.T, cert tls.Certificate, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused certificates are the point
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}
