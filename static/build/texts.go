package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"postil/static"
)

// Prefixes of the keys of texts that the parts of the script use.
const (
	scriptPrefix = "script."
	morePrefix   = "script.more." // which keep their "more."
	writePrefix  = "write."
)

// english is the language whose texts are built in.
const english = "en"

// texts loads the English texts as one part of the script has them: those
// whose keys begin with its prefix and with no other part's.
func texts(prefix string) api.Plugin {
	return onLoad("texts", `/locales/[a-z-]+\.json$`, api.LoaderJSON, func(path string) (string, error) {
		all, err := readTexts(path)
		if err != nil {
			return "", err
		}
		for key := range all {
			if prefix != morePrefix && strings.HasPrefix(key, morePrefix) {
				delete(all, key)
			}
		}
		out, err := json.Marshal(under(all, prefix))
		return string(out), err
	})
}

// regions is a pattern of those tags with texts that have more than a language.
func regions() string {
	var tags []string
	for tag := range static.ScriptTags() {
		if strings.Contains(tag, "-") {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return strings.Join(tags, "|")
}

// translations returns what the script fetches for languages other than
// English, by file name: the texts of reading, and those of writing.
func translations(root string) (map[string][]byte, error) {
	paths, err := filepath.Glob(filepath.Join(root, "locales", "*.json"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, path := range paths {
		tag := strings.ToLower(strings.TrimSuffix(filepath.Base(path), ".json"))
		if tag == english {
			continue
		}
		all, err := readTexts(path)
		if err != nil {
			return nil, err
		}
		// encoding/json sorts keys, so that the same texts are the same bytes.
		body, err := json.Marshal([]map[string]string{under(all, scriptPrefix), under(all, writePrefix)})
		if err != nil {
			return nil, err
		}
		files["postil."+tag+".json"] = body
	}
	return files, nil
}

func readTexts(path string) (map[string]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// under returns the texts whose keys begin with a prefix, without the first
// word of it.
func under(all map[string]string, prefix string) map[string]string {
	own := map[string]string{}
	for key, text := range all {
		if strings.HasPrefix(key, prefix) {
			_, name, _ := strings.Cut(key, ".")
			own[name] = text
		}
	}
	return own
}
