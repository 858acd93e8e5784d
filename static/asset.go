package static

import (
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"path"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

//go:generate go run ./build

//go:embed dist/postil.js dist/postil.css
var dist embed.FS

// Asset is one address at which a built file is served.
type Asset struct {
	Name      string // postil.js or postil.css
	Path      string // from the service's base: /postil.js, or /static/postil.HASH.js
	Integrity string // for the integrity attribute (W3C Subresource Integrity)
	File      *File
}

// Assets returns every built file twice: under its stable name, and under one
// that changes with its bytes, which can be cached for ever.
func Assets() []Asset { return assets() }

var assets = sync.OnceValue(func() []Asset {
	var all []Asset
	for _, a := range []struct{ name, mediaType string }{
		{"postil.js", "text/javascript; charset=utf-8"},
		{"postil.css", "text/css; charset=utf-8"},
	} {
		body, err := dist.ReadFile("dist/" + a.name)
		if err != nil {
			panic(err) // embedded above
		}
		file := newFile(body, a.mediaType, builtAt())
		file.Gzip, file.Brotli = twin(body, bestGzip), twin(body, bestBrotli)
		forever := *file
		forever.Forever = true
		all = append(all,
			Asset{a.name, "/" + a.name, integrity(body), file},
			Asset{a.name, hashedPath(a.name, body), integrity(body), &forever})
	}
	return all
})

// Hashed returns the asset of that name under the address that changes with
// its bytes: the one that an integrity value can be given for.
func Hashed(name string) Asset {
	for _, a := range Assets() {
		if a.Name == name && a.File.Forever {
			return a
		}
	}
	return Asset{}
}

func integrity(body []byte) string {
	sum := sha512.Sum384(body)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

func hashedPath(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// builtAt is the time of the commit that the program was built from, so that
// all replicas agree; zero where it was not recorded.
func builtAt() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			t, _ := time.Parse(time.RFC3339, s.Value) // zero on failure is the answer
			return t
		}
	}
	return time.Time{}
}
