package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
)

// bundle returns the built files by name. The folder static is only read.
func bundle(static string) (map[string][]byte, error) {
	root, err := filepath.Abs(static)
	if err != nil {
		return nil, err
	}
	write, err := build(root, "widget/write.ts", api.BuildOptions{
		Format:  api.FormatESModule,
		Target:  api.ES2022,
		Plugins: []api.Plugin{texts("write.")},
	})
	if err != nil {
		return nil, err
	}
	script, err := build(root, "widget/element.ts", api.BuildOptions{
		Format:  api.FormatIIFE,
		Target:  api.ES2022,
		Plugins: []api.Plugin{texts("script."), sheets()},
		Define:  address(write),
	})
	if err != nil {
		return nil, err
	}
	built := map[string][]byte{"postil.js": script, "postil.write.js": write}
	for name, entry := range map[string]string{"postil.css": "styles/postil.css", "admin.css": "styles/admin.css", "admin.js": "admin/keys.ts"} {
		if built[name], err = build(root, entry, api.BuildOptions{Format: api.FormatIIFE, Target: api.ES2022}); err != nil {
			return nil, err
		}
	}
	return built, nil
}

// address tells the script where its other part is, and by what hash browsers
// know it. Package static serves it there.
func address(write []byte) map[string]string {
	name, integrity := sha256.Sum256(write), sha512.Sum384(write)
	return map[string]string{
		"WRITE_PATH":      strconv.Quote("/static/postil.write." + hex.EncodeToString(name[:6]) + ".js"),
		"WRITE_INTEGRITY": strconv.Quote("sha384-" + base64.StdEncoding.EncodeToString(integrity[:])),
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

// texts loads a locale as the texts that one part of the script uses: those
// whose keys begin with its prefix.
func texts(prefix string) api.Plugin {
	return onLoad("texts", `/locales/[a-z-]+\.json$`, api.LoaderJSON, func(path string) (string, error) {
		raw, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		all, own := map[string]string{}, map[string]string{}
		if err := json.Unmarshal(raw, &all); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		for key, text := range all {
			if name, ok := strings.CutPrefix(key, prefix); ok {
				own[name] = text
			}
		}
		out, err := json.Marshal(own)
		return string(out), err
	})
}

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
		return strings.TrimSpace(string(result.Code)), nil
	})
}

func onLoad(name, filter string, loader api.Loader, load func(path string) (string, error)) api.Plugin {
	return api.Plugin{Name: name, Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: filter}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			contents, err := load(args.Path)
			return api.OnLoadResult{Contents: &contents, Loader: loader}, err
		})
	}}
}
