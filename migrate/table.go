package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// table reads the rows of a table, in the order of its key, by the names of
// their columns.
type table struct {
	db         *sql.DB
	file, name string
	key        string
	columns    []string // as the exporter's newest version has them
}

// cells are the columns of one row.
type cells map[string]any

// read passes on what each row becomes. It reports whether more is wanted.
func (t *table) read(ctx context.Context, pass emit, item func(cells) Item) bool {
	fail := func(err error) bool { return pass(Item{}, &Damage{Place{File: t.file, Table: t.name}, err}) }
	have, err := columnsOf(ctx, t.db, t.name)
	if err != nil {
		return fail(err)
	}
	selected := make([]string, len(t.columns))
	for i, c := range t.columns {
		selected[i] = "NULL"
		if have[strings.ToLower(c)] {
			selected[i] = quoted(c)
		}
	}
	order := "rowid"
	if have[strings.ToLower(t.key)] && t.key != "rowid" {
		order = quoted(t.key)
	}
	rows, err := t.db.QueryContext(ctx, "SELECT rowid, "+strings.Join(selected, ", ")+" FROM "+quoted(t.name)+" ORDER BY "+order)
	if err != nil {
		return fail(err)
	}
	defer rows.Close()
	var rowid int64
	values := make([]any, len(t.columns))
	targets := append(make([]any, 0, len(values)+1), &rowid)
	for i := range values {
		targets = append(targets, &values[i])
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return fail(err)
		}
		row := cells{}
		for i, c := range t.columns {
			row[c] = values[i]
		}
		one := item(row)
		one.Place = Place{File: t.file, Table: t.name, Row: rowid}
		if !pass(one, nil) {
			return false
		}
	}
	if err := rows.Err(); err != nil {
		return fail(err)
	}
	return true
}

func columnsOf(ctx context.Context, db *sql.DB, table string) (map[string]bool, error) {
	rows, err := db.QueryContext(ctx, `SELECT lower(name) FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		have[name] = true
	}
	return have, rows.Err()
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// text returns a value as text; "" for null.
func (c cells) text(name string) string {
	switch v := c[name].(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case []byte:
		return strings.TrimSpace(string(v))
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	default:
		return fmt.Sprint(v)
	}
}

func (c cells) whole(name string) int64 {
	switch v := c[name].(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	default:
		return number(c.text(name))
	}
}

// unix reads a time of seconds since 1970, or whatever parseTime reads.
func (c cells) unix(name string) time.Time {
	switch v := c[name].(type) {
	case int64:
		return unixTime(float64(v))
	case float64:
		return unixTime(v)
	case time.Time:
		return plausible(v)
	default:
		return parseTime(c.text(name))
	}
}

// raw is text with the white space around it.
func (c cells) raw(name string) string {
	if s, ok := c[name].(string); ok {
		return s
	}
	return c.text(name)
}
