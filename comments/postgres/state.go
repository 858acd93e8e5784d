package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/stdlib"

	"postil/migrate/schema"
)

// State reads what the database at a URL says about its tables, and changes
// nothing.
func State(ctx context.Context, url string) (schema.State, error) {
	config, err := parse(url)
	if err != nil {
		return schema.State{}, err
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	defer db.Close()
	state, err := schema.Status(ctx, db, schema.Postgres)
	return state, classify(err)
}
