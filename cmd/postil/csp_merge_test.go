package main

import (
	"strings"
	"testing"
)

// TestGuideOffersTheStableNameWhereItIsLetIn is about the second tag, which has
// no integrity.
func TestGuideOffersTheStableNameWhereItIsLetIn(t *testing.T) {
	t.Parallel()
	const tag = `<script src="https://c.example/postil.js"`
	for policy, want := range map[string]bool{"": true, "default-src 'self'": true, "script-src 'nonce-x' 'strict-dynamic'": false} {
		if _, out, _ := runCSP(t, "--merge", policy); strings.Contains(out, tag) != want {
			t.Errorf("%q:\n%s", policy, out)
		}
	}
	if _, out, _ := runCSP(t, "--hashes"); strings.Contains(out, tag) {
		t.Errorf("--hashes:\n%s", out)
	}
}

// TestNoncesAreLeftToTheServer has each server's own placeholder, and a nonce
// that somebody has copied.
func TestNoncesAreLeftToTheServer(t *testing.T) {
	t.Parallel()
	for format, nonce := range map[string]string{"nginx": "'nonce-$request_id'", "caddy": "'nonce-{http.request.uuid}'", "apache": "'nonce-%{UNIQUE_ID}e'"} {
		_, out, _ := runCSP(t, "--format", format, "--merge", "script-src "+nonce)
		if !strings.Contains(out, `"script-src `+nonce+` https://c.example"`) || strings.Contains(out, "A nonce protects") {
			t.Errorf("%s: %s", format, out)
		}
	}
	if _, out, _ := runCSP(t, "--format", "nginx", "--merge", "script-src 'nonce-cmFuZG9tIQ=='"); !strings.Contains(out, "# script-src: 'nonce-cmFuZG9tIQ==' stays as you gave it. A nonce protects") {
		t.Errorf("%s", out)
	}
}

// TestHashesEndInlineScripts is about what browsers ignore beside a hash.
func TestHashesEndInlineScripts(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]bool{
		"script-src 'self' 'unsafe-inline'":       true,
		"default-src 'unsafe-inline'":             true,
		"script-src 'unsafe-inline' 'nonce-{x}'":  false,
		"script-src 'unsafe-inline' 'sha256-abc'": false,
		"script-src 'self'":                       false,
	} {
		_, _, errOut := runCSP(t, "--format", "raw", "--hashes", "--merge", policy)
		if strings.Contains(errOut, "ignore 'unsafe-inline'") != want {
			t.Errorf("%s: %s", policy, errOut)
		}
		if _, _, errOut := runCSP(t, "--format", "raw", "--merge", policy); strings.Contains(errOut, "ignore 'unsafe-inline'") {
			t.Errorf("%s, without --hashes: %s", policy, errOut)
		}
	}
}
