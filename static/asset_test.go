package static

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"path"
	"regexp"
	"slices"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

func TestAssetsStandUnderStableAndHashedNames(t *testing.T) {
	t.Parallel()
	stable := map[string]string{}
	for _, a := range Assets() {
		sum, short := sha512.Sum384(a.File.Body), sha256.Sum256(a.File.Body)
		want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
		if slices.Contains(parts[:], a.Name) {
			want = "sha256-" + base64.StdEncoding.EncodeToString(short[:])
		}
		if a.Integrity != want {
			t.Errorf("%s: integrity %s, want %s", a.Path, a.Integrity, want)
		}
		hashed := regexp.MustCompile(`^/static/postil(\.write|\.more)?\.[0-9a-f]{12}\.(js|css)$`).MatchString(a.Path)
		if a.File.Forever != hashed || !hashed && a.Path != "/"+a.Name {
			t.Errorf("%s may be kept for ever: %v", a.Path, a.File.Forever)
		}
		if !hashed {
			stable[a.Name] = a.File.Type
		}
		if got := hashedPath(withoutHash(a.Path), a.File.Body); hashed && got != a.Path {
			t.Errorf("%s holds what belongs at %s", a.Path, got)
		}
		if a.File.Policy != "" || a.File.ETag == "" {
			t.Errorf("%s has the policy %q and the validator %s", a.Path, a.File.Policy, a.File.ETag)
		}
	}
	if len(Assets()) < 5 || stable["postil.js"] != "text/javascript; charset=utf-8" || stable["postil.css"] != "text/css; charset=utf-8" {
		t.Errorf("%d assets, stable ones %v", len(Assets()), stable)
	}
}

// withoutHash returns the name of the file at an address.
func withoutHash(address string) string {
	return regexp.MustCompile(`\.[0-9a-f]{12}`).ReplaceAllString(path.Base(address), "")
}

// The host's page checks the script by its hash, and the script what it
// fetches: the chain must end at what is served.
func TestScriptKnowsItsPartsByAddressAndHash(t *testing.T) {
	t.Parallel()
	script := Hashed("postil.js")
	for _, name := range []string{"postil.write.js", "postil.more.js"} {
		part := Hashed(name)
		if part.Path == "" {
			t.Errorf("%s is not built", name)
			continue
		}
		for _, want := range []string{`"` + part.Path, `"` + part.Integrity + `"`} {
			if !bytes.Contains(script.File.Body, []byte(want)) {
				t.Errorf("the script lacks %s", want)
			}
		}
	}
}

func TestTwinsOfAssetsHoldTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, a := range Assets() {
		zipped, err := gzip.NewReader(bytes.NewReader(a.File.Gzip))
		if err != nil {
			t.Fatalf("%s: %v", a.Path, err)
		}
		for name, twin := range map[string]io.Reader{"gzip": zipped, "brotli": brotli.NewReader(bytes.NewReader(a.File.Brotli))} {
			if body, err := io.ReadAll(twin); err != nil || !bytes.Equal(body, a.File.Body) {
				t.Errorf("the %s twin of %s is of something else (%v); run: go generate ./static", name, a.Path, err)
			}
		}
	}
}

func TestHashedFindsTheAddressThatChanges(t *testing.T) {
	t.Parallel()
	if a := Hashed("postil.js"); a.Name != "postil.js" || !a.File.Forever {
		t.Errorf("got %+v", a)
	}
	if a := Hashed("other.js"); a.File != nil {
		t.Errorf("found %s", a.Path)
	}
}
