package migrate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxRules is how many lines a map may have.
const maxRules = 100_000

// Rule leads an old address to a page. A * in Old stands for any text, and
// the nth * in New for what the nth matched. An empty New leaves its threads
// out.
type Rule struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// apply returns where a rule leads an address, or name of a thread.
func (r Rule) apply(raw string) (string, bool) {
	if raw == "" {
		return "", false
	}
	if !strings.Contains(r.Old, "*") {
		return r.New, raw == r.Old
	}
	parts := strings.Split(r.Old, "*")
	rest, ok := strings.CutPrefix(raw, parts[0])
	if !ok {
		return "", false
	}
	var matched []string
	for i, part := range parts[1:] {
		at := strings.Index(rest, part)
		if i == len(parts)-2 { // the last star takes all that it can
			at = len(rest) - len(part)
			if !strings.HasSuffix(rest, part) {
				at = -1
			}
		}
		if at < 0 {
			return "", false
		}
		matched = append(matched, rest[:at])
		rest = rest[at+len(part):]
	}
	var target strings.Builder
	for i, part := range strings.Split(r.New, "*") {
		if i > 0 {
			target.WriteString(matched[i-1])
		}
		target.WriteString(part)
	}
	return target.String(), true
}

// ReadRules reads a map file: CSV (RFC 4180) of old and new addresses, one
// pair a line. Empty lines and those that begin with # are passed over, and a
// first line "old,new" too.
func ReadRules(r io.Reader) ([]Rule, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord, c.Comment, c.TrimLeadingSpace = -1, '#', true
	var rules []Rule
	for {
		fields, err := c.Read()
		if err == io.EOF {
			return rules, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the map cannot be read: %w", err)
		}
		line, _ := c.FieldPos(0)
		if len(fields) != 2 {
			return nil, fmt.Errorf("line %d of the map has %d fields; write the old and the new address, with a comma between", line, len(fields))
		}
		rule := Rule{strings.TrimPrefix(strings.TrimSpace(fields[0]), "\ufeff"), strings.TrimSpace(fields[1])}
		if len(rules) == 0 && strings.EqualFold(rule.Old, "old") && strings.EqualFold(rule.New, "new") {
			continue
		}
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("line %d of the map: %w", line, err)
		}
		if rules = append(rules, rule); len(rules) > maxRules {
			return nil, fmt.Errorf("the map has more than %d lines", maxRules)
		}
	}
}

func (r Rule) check() error {
	switch {
	case r.Old == "":
		return errors.New("the old address is missing")
	case strings.Count(r.New, "*") > strings.Count(r.Old, "*"):
		return errors.New("the new address has more stars than the old one")
	case r.New != "" && !strings.HasPrefix(r.New, "/") && !strings.HasPrefix(r.New, "http://") && !strings.HasPrefix(r.New, "https://"):
		return fmt.Errorf("the new address %q does not start with / nor http://", r.New)
	}
	return nil
}
