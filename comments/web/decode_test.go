package web

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

func TestBodiesThatAreNotExactlyWhatIsExpectedAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	w := start(t)
	for name, c := range map[string]struct{ body, field string }{
		"empty":               {`{`, ""},
		"array":               {`[{"body":"a"}]`, ""},
		"text":                {`hello`, ""},
		"null":                {`null`, ""},
		"broken":              {`{"site":"blog.example","page":"/","body":"a"`, ""},
		"broken after name":   {`{"site"}`, ""},
		"broken value":        {`{"site":tru}`, ""},
		"trailing":            {`{"site":"blog.example","page":"/","body":"a"} {}`, ""},
		"trailing garbage":    {`{"site":"blog.example","page":"/","body":"a"}x`, ""},
		"broken UTF-8":        {"{\"site\":\"blog.example\",\"page\":\"/\",\"body\":\"\xff\"}", ""},
		"unknown":             {`{"site":"blog.example","page":"/","body":"a","colour":"red"}`, "colour"},
		"other case":          {`{"site":"blog.example","page":"/","Body":"a"}`, "Body"},
		"twice":               {`{"site":"blog.example","page":"/","body":"a","body":"b"}`, "body"},
		"number":              {`{"site":"blog.example","page":"/","body":7}`, "body"},
		"text for a boolean":  {`{"site":"blog.example","page":"/","body":"a","notify":"yes"}`, "notify"},
		"mail without mail":   {`{"site":"blog.example","page":"/","body":"a","email":"a@b.example","notify":true}`, "notify"},
		"null member":         {`{"site":"blog.example","page":"/","body":"a","parent":null}`, "parent"},
		"nested":              {`{"site":"blog.example","page":"/","body":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`, "body"},
		"no body":             {`{"site":"blog.example","page":"/"}`, "body"},
		"control character":   {`{"site":"blog.example","page":"/","body":"a\u0001"}`, "body"},
		"long name":           {`{"site":"blog.example","page":"/","body":"a","name":"` + strings.Repeat("n", 81) + `"}`, "name"},
		"script as website":   {`{"site":"blog.example","page":"/","body":"a","website":"javascript:alert(1)"}`, "website"},
		"e-mail without @":    {`{"site":"blog.example","page":"/","body":"a","email":"ann"}`, "email"},
		"short key":           {`{"site":"blog.example","page":"/","body":"a","key":"1"}`, "key"},
		"page of another":     {`{"site":"blog.example","page":"https://other.example/","body":"a"}`, "page"},
		"parent that is none": {`{"site":"blog.example","page":"/","body":"a","parent":"1"}`, "parent"},
		"unknown parent":      {`{"site":"blog.example","page":"/","body":"a","parent":"0190a000-0000-7000-8000-000000000000"}`, "parent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.post("/api/v1/comments", c.body)
			a.t = t
			if field, detail := a.problem(http.StatusBadRequest); field != c.field || detail == "" {
				t.Errorf("field %q, detail %q; want field %q", field, detail, c.field)
			}
		})
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, size := range []int{comments.MaxRequest + 1, 1 << 20} {
		a := w.post("/api/v1/comments", draft("body", strings.Repeat("a", size)))
		a.problem(http.StatusRequestEntityTooLarge)
	}
	chunked, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/v1/preview",
		struct{ *strings.Reader }{strings.NewReader(strings.Repeat(" ", comments.MaxRequest+1))})
	if err != nil {
		t.Fatal(err)
	}
	chunked.Header.Set("Content-Type", "application/json")
	w.do(chunked).problem(http.StatusRequestEntityTooLarge)
}

func TestRefusedBodyDoesNotCostItsSenderTheAnswer(t *testing.T) {
	t.Parallel()
	w := start(t)
	long := strings.Repeat("a", comments.MaxRequest-100)
	for range 20 { // each closes its connection, as nginx does
		w.send(http.MethodPost, "/api/v1/preview", long, "Content-Type", "text/plain").problem(http.StatusUnsupportedMediaType)
		w.send(http.MethodPost, "/nothing", long).problem(http.StatusNotFound)
	}
	w.send(http.MethodPost, "/api/v1/preview", long, "Content-Type", "text/plain", "Expect", "100-continue").problem(http.StatusUnsupportedMediaType)
}

func TestOnlyJSONIsTakenForJSON(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/json/"} {
		a := w.send(http.MethodPost, "/api/v1/preview", `{"body":"a"}`, "Content-Type", media)
		a.problem(http.StatusUnsupportedMediaType)
		if got := a.header.Get("Accept-Post"); got != "application/json" {
			t.Errorf("%q: Accept-Post %q", media, got)
		}
	}
	w.send(http.MethodPost, "/api/v1/preview", `{"body":"a"}`, "Content-Type", "Application/JSON; charset=UTF-8").want(http.StatusOK)
}

// FuzzDecodeDraft: what is decoded is what the standard library decodes, and
// nothing is decoded that it would not take.
func FuzzDecodeDraft(f *testing.F) {
	for _, seed := range []string{
		`{"site":"blog.example","page":"/","body":"a"}`, `{}`, ` {"body" : "\ud83d\ude00\u0000" } `, `{"body":"a","body":"b"}`,
		`{"BODY":"a"}`, `{"body":null}`, `{"body":{"a":[1e999]}}`, `{"body":"\ud83d"}`, "{\"body\":\"\xff\"}", `{"body":"a"}}`, `[`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decodeDraft(body)
		if err != nil {
			if comments.KindOf(err) != comments.Invalid {
				t.Fatalf("an error that is not the client's: %v", err)
			}
			return
		}
		var want map[string]any
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("took what encoding/json does not: %v", err)
		}
		decoded := map[string]any{}
		for name, value := range draftMembers(&got, new(string)) {
			if _, sent := want[name]; sent && name != "proof" {
				decoded[name] = reflect.ValueOf(value).Elem().Interface()
			}
		}
		delete(want, "proof") // which is checked and not kept
		if diff := cmp.Diff(want, decoded); diff != "" {
			t.Fatal(diff)
		}
	})
}
