package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"postil/migrate/schema"
)

// State reads what the file says about its tables, and changes nothing. A file
// that is not there has none: the state is zero.
func State(ctx context.Context, path string) (schema.State, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return schema.State{}, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return schema.State{}, nil
	}
	db, err := connect(path, url.Values{"_query_only": {"on"}, "_dqs": {"0"}}, 1, 1)
	if err != nil {
		return schema.State{}, err
	}
	defer db.Close()
	return schema.Status(ctx, db, schema.SQLite)
}
