package static

import (
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:generate go run ./build

// dist holds what package build makes of the script and the sheet, with their
// twins: compressing as far as it goes takes longer than the program takes to
// start. A release also leaves its scripts there as postil.HASH.js and
// postil.PART.HASH.js, so that pages which name the former go on working.
//
//go:embed dist/postil.*
var dist embed.FS

// Asset is one address at which a built file is served.
type Asset struct {
	Name      string // postil.js, postil.write.js, postil.css …; those of earlier releases with their hash
	Path      string // from the service's base: /postil.js, or /static/postil.HASH.js
	Integrity string // for the integrity attribute (W3C Subresource Integrity)
	File      *File
}

// stable are the built files that blogs may name without their hash.
var stable = [...]string{"postil.js", "postil.css"}

// parts are what the script fetches later, by names and hashes that it carries
// in itself; see build.
var parts = [...]string{"postil.write.js", "postil.more.js"}

// Scripts returns the script and then its parts, by hashed names: what a page
// that embeds it may run.
func Scripts() []Asset {
	all := []Asset{Hashed("postil.js")}
	for _, name := range parts {
		all = append(all, Hashed(name))
	}
	return all
}

// Assets returns every built file under a name that changes with its bytes,
// which can be cached for ever, and under its stable name if it has one. The
// texts of a language have a stable name only: a script of an earlier release
// does well with those of a later one.
func Assets() []Asset { return assets() }

var assets = sync.OnceValue(func() []Asset {
	files, err := dist.ReadDir("dist")
	if err != nil {
		panic(err) // embedded above
	}
	var all []Asset
	for _, f := range files {
		mediaType, ok := assetTypes[path.Ext(f.Name())]
		if !ok {
			continue // a twin, or texts
		}
		file := embedded(f.Name(), mediaType)
		if slices.Contains(stable[:], f.Name()) {
			all = append(all, Asset{f.Name(), "/" + f.Name(), integrity(file.Body), file})
		}
		hashed := "/static/" + f.Name() // of an earlier release
		if slices.Contains(stable[:], f.Name()) || slices.Contains(parts[:], f.Name()) {
			hashed = hashedPath(f.Name(), file.Body)
		}
		forever := *file
		forever.Forever = true
		all = append(all, Asset{f.Name(), hashed, integrityOf(f.Name(), file.Body), &forever})
	}
	return append(all, texts()...)
})

var assetTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
}

// texts returns the texts of each language, under every tag by which a script
// asks for them.
func texts() (all []Asset) {
	name := func(tag string) string { return "postil." + tag + ".json" }
	tags, files := ScriptTags(), map[string]*File{}
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		lang := tags[tag]
		if files[lang] == nil {
			files[lang] = embedded(name(lang), "application/json")
		}
		all = append(all, Asset{name(tag), "/" + name(tag), integrity(files[lang].Body), files[lang]})
	}
	return all
}

// embedded reads a file and its twins, none of which can be missing.
func embedded(name, mediaType string) *File {
	read := func(suffix string) []byte {
		body, err := dist.ReadFile("dist/" + name + suffix)
		if err != nil {
			panic(err)
		}
		return body
	}
	file := newFile(read(""), mediaType, builtAt())
	file.Gzip, file.Brotli = read(".gz"), read(".br")
	return file
}

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

// integrityOf is what a page gives as integrity for a file under its hashed
// name or, for a part, the script: a shorter hash, for it has two of them.
func integrityOf(name string, body []byte) string {
	if !slices.Contains(parts[:], name) {
		return integrity(body)
	}
	sum := sha256.Sum256(body)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
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
