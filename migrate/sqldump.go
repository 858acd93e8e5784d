package migrate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const (
	maxSQLColumns = 200 // of a table, or values of a row
	maxSQLCalls   = 8   // functions within functions, such as replace(replace('…'))
)

var sqlStart = regexp.MustCompile(`(?i)\b(?:INSERT\s+INTO|CREATE\s+TABLE|COPY)\b[^;]*?[."` + "`" + `\s](?:comments|pages)\b`)

func looksLikeSQL(head []byte) bool { return sqlStart.Match(head) }

// sqlDump reads the rows of some tables from a dump of SQLite, PostgreSQL or
// MySQL.
type sqlDump struct {
	sqlText
	pass    emit
	tables  map[string]func(cells) Item
	columns map[string][]string // of the tables, as created
	rows    map[string]int64    // so far
}

func readSQL(s *stream, pass emit, tables map[string]func(cells) Item) {
	d := &sqlDump{sqlText: sqlText{stream: s}, pass: pass, tables: tables, columns: map[string][]string{}, rows: map[string]int64{}}
	for {
		more, err := d.statement()
		if err == errStop || err == nil && !more {
			return
		}
		if err == nil {
			continue
		}
		if !pass(Item{}, s.damage(err)) || s.broken != nil || d.toEnd() != nil {
			return
		}
	}
}

// toEnd passes over the rest of a statement.
func (d *sqlDump) toEnd() error {
	for {
		d.begin()
		t, err := d.next()
		if err != nil {
			return err
		}
		if t.kind == ';' || t.kind == 0 {
			return nil
		}
	}
}

// statement reads one. It reports whether there was any.
func (d *sqlDump) statement() (bool, error) {
	d.begin()
	t, err := d.next()
	switch {
	case err != nil || t.kind == 0:
		return false, err
	case t.kind == ';':
		return true, nil
	case t.is("create"):
		return true, d.create()
	case t.is("insert"):
		return true, d.insert()
	case t.is("copy"):
		return true, d.copyIn()
	}
	return true, d.toEnd()
}

// table reads a name to its last part, and forgets the schema before it.
func (d *sqlDump) table(t sqlToken) (string, error) {
	for {
		name := t.text
		next, err := d.peek()
		if err != nil {
			return "", err
		}
		if next.kind != '.' && !(next.kind == 'w' && strings.HasPrefix(next.text, ".")) && !strings.HasSuffix(name, ".") {
			return name[strings.LastIndexByte(name, '.')+1:], nil
		}
		if t, err = d.next(); err != nil {
			return "", err
		}
		if t.kind == '.' {
			if t, err = d.next(); err != nil {
				return "", err
			}
		}
	}
}

// create notes the columns of a table that is wanted.
func (d *sqlDump) create() error {
	t, err := d.next()
	if err != nil || !t.is("table") {
		return errors.Join(err, d.toEnd())
	}
	for t, err = d.next(); err == nil && (t.is("if") || t.is("not") || t.is("exists")); t, err = d.next() {
	}
	if err != nil {
		return err
	}
	name, err := d.table(t)
	if err != nil || d.tables[name] == nil {
		return errors.Join(err, d.toEnd())
	}
	d.columns[name] = nil
	for depth, first := 0, false; ; {
		if t, err = d.next(); err != nil {
			return err
		}
		switch {
		case t.kind == 0 || t.kind == ';':
			return nil
		case t.kind == '(':
			depth++
			first = depth == 1
		case t.kind == ')':
			depth--
		case t.kind == ',' && depth == 1:
			first = true
		case first && depth == 1:
			if first = false; t.kind == 'i' || t.name() && !isTableClause(t.text) {
				d.columns[name] = append(d.columns[name], t.text)
			}
		}
		if len(d.columns[name]) > maxSQLColumns {
			return fmt.Errorf("table %s has more than %d columns", name, maxSQLColumns)
		}
	}
}

func isTableClause(word string) bool {
	switch strings.ToLower(word) {
	case "primary", "foreign", "unique", "constraint", "check", "key", "index":
		return true
	}
	return false
}

// names reads a list of columns in parentheses, of which the first is read.
func (d *sqlDump) names() (names []string, err error) {
	for {
		t, err := d.next()
		switch {
		case err != nil:
			return nil, err
		case t.kind == ')':
			return names, nil
		case t.name() && len(names) < maxSQLColumns:
			names = append(names, t.text)
		case t.kind != ',':
			return nil, fmt.Errorf("a list of columns holds %q", t.text)
		}
	}
}

func (d *sqlDump) insert() error {
	t, err := d.next()
	for err == nil && (t.is("into") || t.is("or") || t.is("ignore") || t.is("replace")) {
		t, err = d.next()
	}
	if err != nil {
		return err
	}
	name, err := d.table(t)
	if err != nil || d.tables[name] == nil {
		return errors.Join(err, d.toEnd())
	}
	columns := d.columns[name]
	if t, err = d.next(); err == nil && t.kind == '(' {
		if columns, err = d.names(); err == nil {
			t, err = d.next()
		}
	}
	if err != nil {
		return err
	}
	if !t.is("values") || len(columns) == 0 {
		return fmt.Errorf("rows of table %s come without the names of their columns, or from a query", name)
	}
	for {
		d.begin()
		t, err := d.next()
		switch {
		case err != nil:
			return err
		case t.kind == '(':
			if err := d.tuple(name, columns); err != nil {
				return err
			}
		case t.kind == ';' || t.kind == 0:
			return nil
		case t.kind != ',':
			return d.toEnd() // ON CONFLICT …
		}
	}
}

// tuple reads the values of a row.
func (d *sqlDump) tuple(name string, columns []string) error {
	place, row := d.at(), cells{}
	for i := 0; ; i++ {
		v, err := d.scalarValue(0)
		if err != nil {
			return err
		}
		if i >= len(columns) {
			return fmt.Errorf("a row of table %s has more values than it has columns", name)
		}
		row[columns[i]] = v
		t, err := d.next()
		if err != nil {
			return err
		}
		if t.kind == ')' {
			return d.emit(name, row, place)
		}
		if t.kind != ',' {
			return fmt.Errorf("between two values of table %s stands %q", name, t.text)
		}
	}
}

func (d *sqlDump) emit(name string, row cells, place Place) error {
	d.rows[name]++
	item := d.tables[name](row)
	item.Place = place
	if !d.pass(item, nil) {
		return errStop
	}
	return nil
}
