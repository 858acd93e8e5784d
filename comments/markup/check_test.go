package markup_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const xhtml = "http://www.w3.org/1999/xhtml"

// promised is what may come out, written down a second time so that a slip in
// the allow-list does not pass.
func promised() map[string]string {
	m := map[string]string{
		"a": "href title rel", "abbr": "title", "code": "class", "ol": "start", "td": "align", "th": "align",
	}
	for _, name := range strings.Fields(`h3 h4 h5 h6 p div blockquote pre hr br ul li dl dt dd
		table caption thead tbody tfoot tr em strong b i u s del ins small sub sup kbd samp var cite q`) {
		m[name] = ""
	}
	return m
}

var values = map[string]*regexp.Regexp{
	"class": regexp.MustCompile(`^language-[\w+#.-]+$`),
	"start": regexp.MustCompile(`^\d{1,9}$`),
	"align": regexp.MustCompile(`^(left|center|right)$`),
	"rel":   regexp.MustCompile(`^nofollow ugc noopener$`),
	"title": regexp.MustCompile(`(?s)^.*$`),
}

// check reads out as the XML it claims to be and returns the first broken
// promise.
func check(out string) error {
	if !utf8.ValidString(out) {
		return errors.New("broken UTF-8")
	}
	if i := strings.IndexFunc(out, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF
	}); i >= 0 {
		return fmt.Errorf("forbidden character at byte %d", i)
	}
	d := xml.NewDecoder(strings.NewReader(`<div xmlns="` + xhtml + `">` + out + "</div>"))
	var open []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			switch t := token.(type) {
			case xml.StartElement:
				err = checkElement(t, open)
				open = append(open, t.Name.Local)
			case xml.EndElement:
				open = open[:len(open)-1]
			case xml.CharData:
			default:
				err = fmt.Errorf("%T in the output", t)
			}
		}
		if err != nil {
			return err
		}
	}
}

func checkElement(e xml.StartElement, open []string) error {
	if len(open) == 0 {
		return nil // the wrapper
	}
	attributes, ok := promised()[e.Name.Local]
	switch {
	case !ok || e.Name.Space != xhtml:
		return fmt.Errorf("element %v", e.Name)
	case len(open) > 100:
		return fmt.Errorf("%s at depth %d", e.Name.Local, len(open))
	case e.Name.Local == "a" && strings.Contains(" "+strings.Join(open, " ")+" ", " a "):
		return errors.New("link within a link")
	case e.Name.Local == "a" && (len(e.Attr) < 2 || e.Attr[0].Name.Local != "href" || e.Attr[len(e.Attr)-1].Name.Local != "rel"):
		return fmt.Errorf("link with %v", e.Attr)
	}
	for _, a := range e.Attr {
		if a.Name.Space != "" || !strings.Contains(" "+attributes+" ", " "+a.Name.Local+" ") {
			return fmt.Errorf("attribute %v of %s", a.Name, e.Name.Local)
		}
		if a.Name.Local == "href" {
			if err := checkAddress(a.Value); err != nil {
				return err
			}
		} else if !values[a.Name.Local].MatchString(a.Value) {
			return fmt.Errorf("attribute %s=%q", a.Name.Local, a.Value)
		}
	}
	return nil
}

func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return err
	case u.Scheme == "mailto" && u.Opaque != "":
		return nil
	case (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil:
		return fmt.Errorf("address %q", address)
	}
	return nil
}
