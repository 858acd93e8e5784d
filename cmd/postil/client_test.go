package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// answer is what the API says about a comment.
type answer struct {
	ID      string `json:"id"`
	Status  any    `json:"status"` // of a comment a word, of a problem a number
	HTML    string `json:"html"`
	EditKey string `json:"edit_key"`
	Field   string `json:"field"`
	Detail  string `json:"detail"`
}

// call sends a JSON request; an empty body sends none.
func call(method, url, body string, header ...string) (int, answer, error) {
	var a answer
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, a, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &a)
	}
	return resp.StatusCode, a, err
}

// post sends a comment that must be accepted.
func (p *process) post(t *testing.T, site, page, body string) answer {
	t.Helper()
	return p.submit(t, map[string]any{"site": site, "page": page, "name": "Ann", "body": body})
}

// submit sends all fields of a comment that must be accepted.
func (p *process) submit(t *testing.T, fields map[string]any) answer {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	status, a, err := call(http.MethodPost, p.base+"/api/v1/comments", string(text))
	if err != nil || status/100 != 2 {
		t.Fatalf("post: %d %+v %v", status, a, err)
	}
	return a
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
