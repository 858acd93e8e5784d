package doctor

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
)

// decode takes a body out of the coding in which some servers send it to
// everybody, those included who ask for none: files that were stored so.
func (a *answer) decode() error {
	var text io.Reader
	var err error
	switch coding := strings.ToLower(strings.TrimSpace(a.header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return nil
	case "gzip", "x-gzip":
		text, err = gzip.NewReader(bytes.NewReader(a.body))
	case "br":
		text = brotli.NewReader(bytes.NewReader(a.body))
	default:
		return fmt.Errorf("it comes in the coding %q, which was not asked for", coding)
	}
	if err != nil {
		return err
	}
	a.body, err = limited(text)
	return err
}

// limited reads what is not too long.
func limited(from io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(from, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("the answer has more than %d MB", maxBody>>20)
	}
	return body, err
}
