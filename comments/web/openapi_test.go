package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"postil/comments"
	"postil/static"
)

// operation is one documented request.
type operation struct {
	id, method, path string
	files            bool
	responses        map[string]any
}

func describe(t testing.TB) (description, []operation) {
	t.Helper()
	var d description
	if err := json.Unmarshal(openAPI, &d); err != nil {
		t.Fatal(err)
	}
	var all []operation
	for path, item := range d["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			if method == "parameters" {
				continue
			}
			op := op.(map[string]any)
			responses := op["responses"].(map[string]any)
			_, files := responses["416"]
			all = append(all, operation{op["operationId"].(string), strings.ToUpper(method), path, files, responses})
		}
	}
	return d, all
}

func TestWhatIsServedIsDocumentedAndTheReverse(t *testing.T) {
	t.Parallel()
	w := start(t, demonstrating)
	_, operations := describe(t)
	documented := map[string]bool{}
	for _, op := range operations {
		path := strings.NewReplacer("{host}", "blog.example", "{page}", "post", "{archive}", "1", "{name}", "postil.js",
			"/replies-{id}", "/replies-"+someID).Replace(op.path)
		mux := w.web.public.(*server).router
		pattern := mux.Find(chi.NewRouteContext(), op.method, path)
		if pattern == "" {
			t.Errorf("%s %s is documented and not served", op.method, op.path)
		}
		documented[op.method+" "+pattern] = true
	}
	for _, rt := range w.table() {
		if !documented[rt.method+" "+rt.pattern] {
			t.Errorf("%s %s is served and not documented", rt.method, rt.pattern)
		}
	}
}

func TestDocumentedLimitsAreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	d, _ := describe(t)
	draft := d.resolve(map[string]any{"$ref": "#/components/schemas/Draft"})["properties"].(map[string]any)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(draftMembers(&comments.Draft{}, new(string)))), slices.Sorted(maps.Keys(draft))); diff != "" {
		t.Error(diff)
	}
	for name, limit := range map[string]float64{"body": comments.MaxBody, "name": maxTypedName, "website": comments.MaxWebsite, "email": comments.MaxEmail} {
		if got := draft[name].(map[string]any)["maxLength"]; got != limit {
			t.Errorf("%s: documented %v, accepted %v", name, got, limit)
		}
	}
	pages := d.resolve(map[string]any{"$ref": "#/components/parameters/Pages"})["schema"].(map[string]any)["maxItems"]
	if pages != float64(maxCounts) {
		t.Errorf("pages: documented %v, accepted %d", pages, maxCounts)
	}
}

// TestEveryDocumentedAnswerIsGivenAsDocumented provokes each status of each
// operation and holds the answer against its description.
func TestEveryDocumentedAnswerIsGivenAsDocumented(t *testing.T) {
	t.Parallel()
	d, operations := describe(t)
	known, shelves := provocations(), start(t)
	for _, op := range operations {
		for status := range op.responses {
			name := op.id + " " + status
			provoke := known[name]
			if op.files {
				provoke = shelves.fileProvocation(op, status)
			}
			delete(known, name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if provoke == nil {
					t.Fatal("no request of this test provokes this answer")
				}
				a := provoke(t)
				if strconv.Itoa(a.status) != status {
					t.Fatalf("status %d: %s", a.status, a.body)
				}
				for _, fault := range d.check(op.responses[status], a) {
					t.Error(fault)
				}
			})
		}
	}
	for name := range known {
		t.Errorf("%s is provoked and not documented", name)
	}
}

// check compares an answer with its description.
func (d description) check(response any, a answer) []string {
	var faults []string
	r := d.resolve(response)
	headers, _ := r["headers"].(map[string]any)
	for name, header := range headers {
		h := d.resolve(header)
		faults = append(faults, d.validate("header "+name, h["schema"], a.header.Get(name))...)
	}
	content, _ := r["content"].(map[string]any)
	if len(content) == 0 {
		return append(faults, unless(a.body == "", "an undocumented body: %s", a.body)...)
	}
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	shape, ok := content[media]
	if any, every := content["*/*"]; every {
		shape, ok = any, true
	}
	if err != nil || !ok {
		return append(faults, fmt.Sprintf("Content-Type %q is not documented", a.header.Get("Content-Type")))
	}
	schema := shape.(map[string]any)["schema"]
	if strings.HasSuffix(media, "json") && schema != nil {
		return append(faults, d.validateText(schema, a.body)...)
	}
	return append(faults, d.validate("body", schema, a.body)...)
}

// provocation makes a service give one certain answer.
type provocation func(t *testing.T) answer

var errUnavailable = &comments.Error{Kind: comments.Unavailable, Text: "Come back."}

// fileProvocation asks for a file in the way that gives the status. Each
// status has a site of its own.
func (w *world) fileProvocation(op operation, status string) provocation {
	name := strings.TrimPrefix(static.Hashed("postil.js").Path, "/static/")
	path := strings.NewReplacer("{host}", "a"+status+".example", "{page}", "post", "{archive}", "1", "{name}", name, "{id}", someID).Replace(op.path)
	f := feedFile()
	f.Body, f.Type = []byte("{}"), mediaTypes()[path[strings.LastIndexByte(path, '.'):]]
	if strings.HasSuffix(path, ".json") && !strings.HasSuffix(path, "counts.json") {
		f.Type = "application/feed+json"
	}
	switch status {
	case "404":
		path = strings.Replace(path, "postil.", "none.", 1)
	case "410":
		w.files.put(path, goneFile{comments.NewError(comments.NotFound, "It is gone.")})
	case "503":
		w.files.put(path, errUnavailable)
	default:
		w.files.put(path, f)
	}
	fields := map[string][]string{
		"206": {"Range", "bytes=0-0"}, "304": {"If-None-Match", "*"}, "406": {"Accept-Encoding", "*;q=0"}, "416": {"Range", "bytes=999999999-"},
	}[status]
	return func(t *testing.T) answer { return w.send(op.method, path, "", fields...) }
}

// someID is that of no comment.
const someID = "0190a000-0000-7000-8000-000000000000"

// goneFile is what publishers say of files that will never come back.
type goneFile struct{ error }

func (goneFile) Gone() bool { return true }

func mediaTypes() map[string]string {
	return map[string]string{".xml": "application/xml", ".html": "text/html", ".json": "application/json", ".js": "text/javascript", ".css": "text/css"}
}

// provocations lists how each documented answer is had, but for files.
func provocations() map[string]provocation {
	all := map[string]provocation{
		"home 200":      func(t *testing.T) answer { return start(t).send("GET", "/", "") },
		"home 303":      func(t *testing.T) answer { return start(t, demonstrating).send("GET", "/", "") },
		"demoMoved 308": func(t *testing.T) answer { return start(t, demonstrating).send("GET", "/demo", "") },
		"demo 200":      func(t *testing.T) answer { return start(t, demonstrating).send("GET", "/demo/", "") },
		"demo 403": func(t *testing.T) answer {
			return start(t, demonstrating).send("GET", "/demo/", "", "X-Forwarded-For", "203.0.113.9")
		},
		"live 200": func(t *testing.T) answer { return start(t).send("GET", "/livez", "") },
		"showProxy 200": func(t *testing.T) answer {
			return start(t).send("GET", "/api/v1/proxy", "", "X-Forwarded-For", forgery)
		},
		"ready 200": func(t *testing.T) answer { return start(t).send("GET", "/readyz", "") },
		"ready 503": func(t *testing.T) answer { return start(t, unready).send("GET", "/readyz", "") },
	}
	for _, more := range []map[string]provocation{creating(), changing(), asking(), working(), filling(), owning(), following()} {
		maps.Copy(all, more)
	}
	return all
}
