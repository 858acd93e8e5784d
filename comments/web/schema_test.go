package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"postil/comments"
)

// description is an OpenAPI document, or a part of one.
type description map[string]any

// resolve follows references within the document.
func (d description) resolve(part any) description {
	m, _ := part.(map[string]any)
	for {
		ref, ok := m["$ref"].(string)
		if !ok {
			return m
		}
		var at any = map[string]any(d)
		for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(map[string]any)[step]
		}
		m = at.(map[string]any)
	}
}

// validate checks a decoded value against the part of JSON Schema (2020-12)
// that the description uses, and returns what is wrong. A keyword that it
// does not know is wrong too.
func (d description) validate(at string, schema, value any) []string {
	var faults []string
	s := d.resolve(schema)
	if want, typed := s["type"]; typed && typeOf(value) != want && (want != "integer" || !isWhole(value)) {
		return []string{fmt.Sprintf("%s: %v is not of type %v", at, value, want)} // the rest presumes it
	}
	for keyword, want := range s {
		check, known := keywords()[keyword]
		if !known {
			faults = append(faults, fmt.Sprintf("%s: keyword %q is not known to the test", at, keyword))
			continue
		}
		faults = append(faults, check(d, at, s, want, value)...)
	}
	return faults
}

type keyword func(d description, at string, schema description, want, value any) []string

func keywords() map[string]keyword {
	return map[string]keyword{
		"description": func(description, string, description, any, any) []string { return nil },
		"type":        func(description, string, description, any, any) []string { return nil }, // checked first
		"const": func(_ description, at string, _ description, want, value any) []string {
			return unless(reflect.DeepEqual(want, value), "%s: %q is not %q", at, value, want)
		},
		"enum": func(_ description, at string, _ description, want, value any) []string {
			return unless(strings.Contains(fmt.Sprint(want), fmt.Sprint(value)), "%s: %v is none of %v", at, value, want)
		},
		"minimum": func(_ description, at string, _ description, want, value any) []string {
			return unless(value.(float64) >= want.(float64), "%s: %v is below %v", at, value, want)
		},
		"maximum": func(_ description, at string, _ description, want, value any) []string {
			return unless(value.(float64) <= want.(float64), "%s: %v is above %v", at, value, want)
		},
		"minLength": func(_ description, at string, _ description, want, value any) []string {
			return unless(float64(utf8.RuneCountInString(value.(string))) >= want.(float64), "%s: %q is shorter than %v", at, value, want)
		},
		"maxLength": func(_ description, at string, _ description, want, value any) []string {
			return unless(float64(utf8.RuneCountInString(value.(string))) <= want.(float64), "%s: %q is longer than %v", at, value, want)
		},
		"pattern": func(_ description, at string, _ description, want, value any) []string {
			return unless(regexp.MustCompile(want.(string)).MatchString(value.(string)), "%s: %q does not match %s", at, value, want)
		},
		"format":               checkFormat,
		"required":             checkRequired,
		"properties":           checkProperties,
		"additionalProperties": checkAdditional,
	}
}

func unless(ok bool, format string, args ...any) []string {
	if ok {
		return nil
	}
	return []string{fmt.Sprintf(format, args...)}
}

func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return "null"
}

func isWhole(value any) bool {
	n, ok := value.(float64)
	return ok && n == float64(int64(n))
}

func checkFormat(_ description, at string, _ description, want, value any) []string {
	var err error
	switch text := value.(string); want {
	case "date-time":
		_, err = time.Parse(time.RFC3339Nano, text)
	case "uuid":
		_, err = comments.ParseID(text)
	case "uri":
		var u *url.URL
		if u, err = url.Parse(text); err == nil && !u.IsAbs() {
			err = fmt.Errorf("not absolute")
		}
	default:
		err = fmt.Errorf("the format is not known to the test")
	}
	return unless(err == nil, "%s: %q is no %v: %v", at, value, want, err)
}

func checkRequired(_ description, at string, _ description, want, value any) []string {
	var faults []string
	for _, name := range want.([]any) {
		_, ok := value.(map[string]any)[name.(string)]
		faults = append(faults, unless(ok, "%s: %s is missing", at, name)...)
	}
	return faults
}

func checkProperties(d description, at string, _ description, want, value any) []string {
	var faults []string
	for name, schema := range want.(map[string]any) {
		if v, ok := value.(map[string]any)[name]; ok {
			faults = append(faults, d.validate(at+"."+name, schema, v)...)
		}
	}
	return faults
}

func checkAdditional(d description, at string, schema description, want, value any) []string {
	known, _ := schema["properties"].(map[string]any)
	var faults []string
	for name, v := range value.(map[string]any) {
		switch _, ok := known[name]; {
		case ok:
		case want == false:
			faults = append(faults, at+": "+name+" is not described")
		default:
			faults = append(faults, d.validate(at+"."+name, want, v)...)
		}
	}
	return faults
}

func TestValidatorOfTheTestsFindsFaults(t *testing.T) {
	t.Parallel()
	d := description{"components": map[string]any{"n": map[string]any{"type": "integer", "minimum": 1.0, "maximum": 9.0}}}
	var schema any
	if err := json.Unmarshal([]byte(`{"type":"object","additionalProperties":false,"required":["n","s"],"properties":{
		"n":{"$ref":"#/components/n"},"s":{"type":"string","minLength":2,"maxLength":3,"pattern":"^a","enum":["ab","abc"]},
		"t":{"format":"date-time"},"u":{"format":"uuid"},"w":{"format":"uri"},"c":{"const":"x"}}}`), &schema); err != nil {
		t.Fatal(err)
	}
	for text, faulty := range map[string]bool{
		`{"n":1,"s":"ab"}`: false, `{"n":0,"s":"ab"}`: true, `{"n":10,"s":"ab"}`: true, `{"n":1.5,"s":"ab"}`: true, `{"n":"1","s":"ab"}`: true,
		`{"n":1}`: true, `{"n":1,"s":"ab","z":1}`: true, `{"n":1,"s":"a"}`: true, `{"n":1,"s":"abcd"}`: true, `{"n":1,"s":"bb"}`: true, `[]`: true,
		`{"n":1,"s":"ab","t":"now"}`: true, `{"n":1,"s":"ab","u":"1"}`: true, `{"n":1,"s":"ab","w":"/a"}`: true, `{"n":1,"s":"ab","c":"y"}`: true,
	} {
		if got := d.validateText(schema, text); (len(got) > 0) != faulty {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// validateText is validate for JSON text.
func (d description) validateText(schema any, text string) []string {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return []string{err.Error()}
	}
	return d.validate("", schema, value)
}
