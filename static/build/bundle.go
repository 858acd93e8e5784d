package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
)

// parts are what the script fetches later, by their names in its source. Their
// texts stand under prefixes of their own.
var parts = []struct{ name, file, entry, prefix string }{
	{"WRITE", "postil.write.js", "widget/write.ts", writePrefix},
	{"MORE", "postil.more.js", "widget/more.ts", morePrefix},
}

// own are properties that the script's parts use among themselves, which the
// build gives names of one letter. None may be one that browsers or the service
// know, that a part exports, or that the script makes up as it runs.
var own = [26]string{
	"adopt", "article", "bar", "comment", "comments", "draw", "folder", "insert", "kept", "list", "mine", "more", "place", "root",
	"seek", "settle", "tell", "texts", "timer", "updated", "visit", "walk", "was", "watch", "whole", "written",
}

// shorter returns the pattern of those names and what each becomes, the same
// in all parts.
func shorter() (pattern string, names map[string]any) {
	names = map[string]any{}
	for i, name := range own {
		names[name] = string('a' + rune(i)) // a letter each: there are no more than 26
	}
	return "^(" + strings.Join(own[:], "|") + ")$", names
}

// bundle returns the built files by name. The folder static is only read.
func bundle(static string) (map[string][]byte, error) {
	root, err := filepath.Abs(static)
	if err != nil {
		return nil, err
	}
	built, err := translations(root)
	if err != nil {
		return nil, err
	}
	define := map[string]string{"REGIONS": strconv.Quote(regions())}
	private, names := shorter()
	for _, p := range parts {
		part, err := build(root, p.entry, api.BuildOptions{
			Format: api.FormatESModule, Target: api.ES2022, Plugins: []api.Plugin{texts(p.prefix), sheets(), lent()}, Define: define,
			MangleProps: private, MangleCache: names,
		})
		if err != nil {
			return nil, err
		}
		built[p.file] = part
		maps.Copy(define, address(p.name, p.file, part))
	}
	built["postil.js"], err = build(root, "widget/element.ts", api.BuildOptions{
		Format:      api.FormatIIFE,
		Target:      api.ES2022,
		Plugins:     []api.Plugin{texts(scriptPrefix), sheets()},
		Define:      define,
		MangleProps: private,
		MangleCache: names,
	})
	if err != nil {
		return nil, err
	}
	for name, entry := range map[string]string{"postil.css": "styles/postil.css", "admin.css": "styles/admin.css", "admin.js": "admin/keys.ts"} {
		if built[name], err = build(root, entry, api.BuildOptions{Format: api.FormatIIFE, Target: api.ES2022}); err != nil {
			return nil, err
		}
	}
	return built, nil
}

// address tells the script where a part of it is, and by what hash browsers
// know it. Package static serves it there.
func address(name, file string, part []byte) map[string]string {
	hash := sha256.Sum256(part)
	path := "/static/" + strings.TrimSuffix(file, ".js") + "." + hex.EncodeToString(hash[:6]) + ".js"
	return map[string]string{
		name + "_PATH":      strconv.Quote(path),
		name + "_INTEGRITY": strconv.Quote("sha256-" + base64.StdEncoding.EncodeToString(hash[:])),
	}
}

// twins returns a body compressed as far as it goes, by suffix.
func twins(body []byte) (map[string][]byte, error) {
	var zipped, brotlied bytes.Buffer
	z, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	for _, w := range []io.WriteCloser{z, brotli.NewWriterLevel(&brotlied, brotli.BestCompression)} {
		if _, err := w.Write(body); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
	}
	return map[string][]byte{".gz": zipped.Bytes(), ".br": brotlied.Bytes()}, nil
}

func build(root, entry string, o api.BuildOptions) ([]byte, error) {
	o.AbsWorkingDir, o.EntryPoints, o.Bundle = root, []string{entry}, true
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = true, true, true
	o.Charset, o.LegalComments = api.CharsetUTF8, api.LegalCommentsNone
	o.TsconfigRaw = "{}" // what the type checker needs to know does not change the output
	o.Outdir = "dist"
	result := api.Build(o)
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		all := append(result.Errors, result.Warnings...)
		return nil, errors.New(strings.Join(api.FormatMessages(all, api.FormatMessagesOptions{}), ""))
	}
	if n := len(result.OutputFiles); n != 1 {
		return nil, fmt.Errorf("%s became %d files", entry, n)
	}
	return result.OutputFiles[0].Contents, nil
}

// tight takes out the spaces that esbuild leaves in custom properties, whose
// values it does not read.
var tight = strings.NewReplacer(": ", ":", ", ", ",")

// sheets loads a style sheet as a string.
func sheets() api.Plugin {
	return onLoad("sheets", `/widget/[a-z]+\.css$`, api.LoaderText, func(path string) (string, error) {
		raw, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		result := api.Transform(string(raw), api.TransformOptions{
			Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true, Charset: api.CharsetUTF8,
		})
		if len(result.Errors) > 0 {
			return "", errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), ""))
		}
		return tight.Replace(strings.TrimSpace(string(result.Code))), nil
	})
}

// lent has a later part of the script borrow what the first one has.
func lent() api.Plugin {
	return api.Plugin{Name: "lent", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^\./(dom|feed|page|read)$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: filepath.Join(args.ResolveDir, "lent.ts")}, nil
		})
	}}
}

func onLoad(name, filter string, loader api.Loader, load func(path string) (string, error)) api.Plugin {
	return api.Plugin{Name: name, Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: filter}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			contents, err := load(args.Path)
			return api.OnLoadResult{Contents: &contents, Loader: loader}, err
		})
	}}
}
