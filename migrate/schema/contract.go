package schema

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"

	"github.com/pressly/goose/v3"
)

// raises is how a migration that takes something away says which programs can
// live with that. A migration that only adds has no such line.
var raises = regexp.MustCompile(`(?m)^UPDATE schema_compat SET oldest = (\d+);`)

// oldestAfter returns what schema_compat says once the migrations after s have
// run.
func oldestAfter(files fs.FS, sources []*goose.Source, s State) (int64, error) {
	oldest := s.Oldest
	for _, source := range sources {
		if source.Version <= s.Version {
			continue
		}
		text, err := fs.ReadFile(files, path.Base(source.Path))
		if err != nil {
			return 0, err
		}
		for _, m := range raises.FindAllSubmatch(text, -1) {
			if oldest, err = strconv.ParseInt(string(m[1]), 10, 64); err != nil {
				return 0, fmt.Errorf("%s: %w", source.Path, err)
			}
		}
	}
	return oldest, nil
}

// ShutsOut reports whether the migrations that s lacks take away what programs
// of its version use. They may still be running: a release takes away only
// what the release before it has ceased to use, so one was left out.
func (s State) ShutsOut() bool { return s.Version > 0 && s.Next > s.Version }
