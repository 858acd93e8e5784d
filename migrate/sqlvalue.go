package migrate

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// scalarValue reads a value, and works out the functions by which SQLite's
// shell writes strings with newlines.
func (d *sqlDump) scalarValue(depth int) (any, error) {
	t, err := d.next()
	if err != nil {
		return nil, err
	}
	sign := ""
	if t.kind == '-' || t.kind == '+' {
		sign = strings.TrimPrefix(t.text, "+")
		if t, err = d.next(); err != nil {
			return nil, err
		}
	}
	var v any
	switch {
	case t.kind == 's':
		v = t.text
	case t.kind == 'n':
		v = sign + t.text
	case t.is("null"):
	case t.is("true") || t.is("false"):
		v = strings.ToLower(t.text)
	case t.kind == 'w' && depth < maxSQLCalls:
		if v, err = d.call(strings.ToLower(t.text), depth); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("a value begins with %q", t.text)
	}
	return v, d.cast()
}

// cast passes over ::type.
func (d *sqlDump) cast() error {
	for {
		t, err := d.peek()
		if err != nil || t.kind != ':' {
			return err
		}
		for t.kind == ':' {
			if t, err = d.next(); err != nil {
				return err
			}
		}
	}
}

func (d *sqlDump) call(function string, depth int) (any, error) {
	t, err := d.next()
	if err != nil {
		return nil, err
	}
	if t.kind != '(' {
		return nil, fmt.Errorf("the value %s is not known here", function)
	}
	var args []string
	for {
		v, err := d.scalarValue(depth + 1)
		if err != nil {
			return nil, err
		}
		args = append(args, cells{"": v}.raw(""))
		if t, err = d.next(); err != nil {
			return nil, err
		}
		if t.kind == ')' {
			break
		}
		if t.kind != ',' || len(args) == 3 {
			return nil, fmt.Errorf("the function %s cannot be read", function)
		}
	}
	switch {
	case function == "replace" && len(args) == 3 && args[1] != "":
		return strings.ReplaceAll(args[0], args[1], args[2]), nil
	case function == "char" && len(args) == 1:
		return string(rune(number(args[0]))), nil
	case function == "unistr" && len(args) == 1:
		return unistr(args[0]), nil
	}
	return nil, fmt.Errorf("the function %s is not known here", function)
}

var unistrEscape = regexp.MustCompile(`\\(\\|u[0-9A-Fa-f]{4})`)

func unistr(s string) string {
	return unistrEscape.ReplaceAllStringFunc(s, func(e string) string {
		if e == `\\` {
			return `\`
		}
		n, _ := strconv.ParseUint(e[2:], 16, 32)
		return string(rune(n))
	})
}

// copyIn reads what pg_dump writes: lines of values between tabs, up to \.
func (d *sqlDump) copyIn() error {
	t, err := d.next()
	if err != nil {
		return err
	}
	name, err := d.table(t)
	if err != nil {
		return err
	}
	columns := d.columns[name]
	if t, err = d.next(); err == nil && t.kind == '(' {
		if columns, err = d.names(); err != nil {
			return err
		}
	}
	if err := d.toEnd(); err != nil {
		return err
	}
	if _, err := d.copyLine(); err != nil { // the rest of the statement's line
		return err
	}
	for {
		d.begin()
		place := d.at()
		line, err := d.copyLine()
		if err != nil {
			return err
		}
		if line == `\.` {
			return nil
		}
		if d.tables[name] == nil {
			continue
		}
		values, row := strings.Split(line, "\t"), cells{}
		if len(values) != len(columns) {
			return fmt.Errorf("a row of table %s has %d values for %d columns", name, len(values), len(columns))
		}
		for i, v := range values {
			if v != `\N` {
				row[columns[i]] = copyEscapes.Replace(v)
			}
		}
		if err := d.emit(name, row, place); err != nil {
			return err
		}
	}
}

var copyEscapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\b`, " ", `\f`, " ", `\v`, " ")

func (d *sqlDump) copyLine() (string, error) {
	var line []byte
	for {
		b, err := d.get()
		if err == io.EOF {
			return "", errors.New(`rows of COPY end without \.: the file is not complete`)
		}
		if err != nil || b == '\n' {
			return strings.TrimSuffix(string(line), "\r"), err
		}
		line = append(line, b)
	}
}
