package web

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
	"postil/static"
)

var published = time.Date(2026, 11, 22, 14, 3, 0, 0, time.UTC)

const policy = "default-src 'none'; style-src 'self'"

// feedFile is a file with twins whose bytes tell which they are.
func feedFile() *static.File {
	return &static.File{
		Body: []byte("0123456789 as it is"), Gzip: []byte("gzipped"), Brotli: []byte("brotli"),
		Type: "application/xml; charset=utf-8", ETag: `"tag"`, Modified: published, Policy: policy,
	}
}

const feedPath = "/feeds/blog.example/post/feed.xml"

func shelved(t testing.TB) *world {
	w := start(t)
	w.files.put(feedPath, feedFile())
	return w
}

func TestFileIsServedWithAllThatItsReadersNeed(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	a := w.send(http.MethodGet, feedPath, "").want(http.StatusOK)
	date := a.header.Get("Date")
	want := http.Header{
		"Accept-Ranges":                 {"bytes"},
		"Access-Control-Allow-Origin":   {"*"},
		"Access-Control-Expose-Headers": {"ETag"},
		"Cache-Control":                 {"public, max-age=0, s-maxage=1, must-revalidate"},
		"Content-Length":                {"19"},
		"Content-Security-Policy":       {policy},
		"Content-Type":                  {"application/xml; charset=utf-8"},
		"Date":                          {date},
		"Etag":                          {`"tag"`},
		"Last-Modified":                 {"Sun, 22 Nov 2026 14:03:00 GMT"},
		"Referrer-Policy":               {"no-referrer"},
		"Vary":                          {"Accept-Encoding"},
		"X-Content-Type-Options":        {"nosniff"},
	}
	if diff := cmp.Diff(want, a.header); diff != "" || a.body != "0123456789 as it is" {
		t.Error(diff, a.body)
	}
	head := w.send(http.MethodHead, feedPath, "").want(http.StatusOK)
	want["Date"] = head.header["Date"]
	if diff := cmp.Diff(want, head.header); diff != "" || head.body != "" {
		t.Error("HEAD", diff, head.body)
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	for name, c := range map[string]struct {
		fields []string
		status int
	}{
		"same tag":                  {[]string{"If-None-Match", `"tag"`}, 304},
		"weak tag":                  {[]string{"If-None-Match", `W/"tag"`}, 304},
		"list":                      {[]string{"If-None-Match", `"a", W/"b" ,"tag"`}, 304},
		"two fields":                {[]string{"If-None-Match", `"a"`, "If-None-Match", `"tag"`}, 304},
		"star":                      {[]string{"If-None-Match", `*`}, 304},
		"other tag":                 {[]string{"If-None-Match", `"other"`}, 200},
		"no quotes":                 {[]string{"If-None-Match", `tag`}, 200},
		"half a quote":              {[]string{"If-None-Match", `"tag`}, 200},
		"tag of a twin":             {[]string{"If-None-Match", `"tag-br"`}, 200},
		"tag of the twin":           {[]string{"If-None-Match", `"tag-br"`, "Accept-Encoding", "br"}, 304},
		"tag of the twin, plain":    {[]string{"If-None-Match", `"tag"`, "Accept-Encoding", "br"}, 200},
		"same second":               {[]string{"If-Modified-Since", "Sun, 22 Nov 2026 14:03:00 GMT"}, 304},
		"older form of the date":    {[]string{"If-Modified-Since", "Sunday, 22-Nov-26 14:03:00 GMT"}, 304},
		"a second before":           {[]string{"If-Modified-Since", "Sun, 22 Nov 2026 14:02:59 GMT"}, 200},
		"no date":                   {[]string{"If-Modified-Since", "yesterday"}, 200},
		"the tag decides":           {[]string{"If-None-Match", `"other"`, "If-Modified-Since", "Sun, 22 Nov 2026 14:03:00 GMT"}, 200},
		"for updating, fulfilled":   {[]string{"If-Match", `"tag"`}, 200},
		"for updating, unfulfilled": {[]string{"If-Match", `"other"`}, 412},
		"changed since":             {[]string{"If-Unmodified-Since", "Sun, 22 Nov 2026 14:02:59 GMT"}, 412},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				a := w.send(method, feedPath, "", c.fields...)
				if a.status != c.status {
					t.Fatalf("%s: status %d, want %d", method, a.status, c.status)
				}
				if c.status != http.StatusNotModified {
					continue
				}
				if a.body != "" || a.header.Get("Content-Type") != "" || a.header.Get("Etag") == "" || a.header.Get("Cache-Control") == "" || a.header.Get("Vary") != "Accept-Encoding" {
					t.Errorf("%s: %q %v", method, a.body, a.header)
				}
			}
		})
	}
}

func TestPartsAreSentAsAsked(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	for name, c := range map[string]struct {
		fields      []string
		status      int
		body, place string
	}{
		"beginning":         {[]string{"Range", "bytes=0-3"}, 206, "0123", "bytes 0-3/19"},
		"end":               {[]string{"Range", "bytes=-5"}, 206, "it is", "bytes 14-18/19"},
		"from":              {[]string{"Range", "bytes=17-"}, 206, "is", "bytes 17-18/19"},
		"beyond":            {[]string{"Range", "bytes=19-"}, 416, "", "bytes */19"},
		"of the twin":       {[]string{"Range", "bytes=0-3", "Accept-Encoding", "gzip"}, 206, "gzip", "bytes 0-3/7"},
		"if it is the same": {[]string{"Range", "bytes=0-3", "If-Range", `"tag"`}, 206, "0123", "bytes 0-3/19"},
		"if it is another":  {[]string{"Range", "bytes=0-3", "If-Range", `"other"`}, 200, "0123456789 as it is", ""},
		"weakly the same":   {[]string{"Range", "bytes=0-3", "If-Range", `W/"tag"`}, 200, "0123456789 as it is", ""},
		"same date":         {[]string{"Range", "bytes=0-3", "If-Range", "Sun, 22 Nov 2026 14:03:00 GMT"}, 206, "0123", "bytes 0-3/19"},
		"unchanged":         {[]string{"Range", "bytes=0-3", "If-None-Match", `"tag"`}, 304, "", ""},
		"other unit":        {[]string{"Range", "lines=0-3"}, 416, "", "bytes */19"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := w.send(http.MethodGet, feedPath, "", c.fields...)
			if a.status != c.status || a.header.Get("Content-Range") != c.place && c.place != "bytes */19" || c.body != a.body && c.status != 416 {
				t.Errorf("%d %q %v", a.status, a.body, a.header)
			}
			if a.status == http.StatusPartialContent && a.header.Get("Etag") == "" {
				t.Errorf("no tag: %v", a.header)
			}
		})
	}
}

func TestSeveralPartsAreSentAtOnce(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	a := w.send(http.MethodGet, feedPath, "", "Range", "bytes=0-1,5-6").want(http.StatusPartialContent)
	media, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || media != "multipart/byteranges" {
		t.Fatalf("%q: %v", media, err)
	}
	parts := multipart.NewReader(strings.NewReader(a.body), params["boundary"])
	for _, want := range []string{"01", "56"} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(part); string(got) != want {
			t.Errorf("part %q, want %q", got, want)
		}
	}
}

// moved is how publishers say that a page has another name.
type moved string

func (m moved) Error() string    { return "moved" }
func (m moved) Location() string { return string(m) }

func TestWhatIsNotThereIsToldInTheReadersForm(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.files.put("/feeds/blog.example/old/feed.xml", moved(feedPath))
	w.files.put("/feeds/blog.example/away/feed.xml", comments.NewError(comments.Unavailable, "Later."))
	a := w.send(http.MethodGet, "/feeds/blog.example/old/feed.xml", "").want(http.StatusPermanentRedirect)
	if a.header.Get("Location") != feedPath || a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("moved: %v", a.header)
	}
	for path, status := range map[string]int{
		"/feeds/blog.example/none/feed.xml": 404, "/sites/none/latest.xml": 404, "/feeds/blog.example/away/feed.xml": 503,
		"/nothing": 404, "/static/postil.js": 404, "/api/v1/nothing": 404,
	} {
		w.send(http.MethodGet, path, "").problem(status)
		page := w.send(http.MethodGet, path, "", "Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").want(status)
		if page.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.HasPrefix(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s as a page: %v", path, page.header)
		}
		if w.send(http.MethodHead, path, "").want(status).body != "" {
			t.Errorf("HEAD %s has a body", path)
		}
	}
}

func TestMethodsThatAnAddressDoesNotKnowAreRefusedByName(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	for path, allow := range map[string]string{
		feedPath: "GET, HEAD, OPTIONS", "/postil.js": "GET, HEAD, OPTIONS", "/livez": "GET, HEAD, OPTIONS",
		"/api/v1/comments": "POST, OPTIONS", "/api/v1/comments/1": "PATCH, DELETE, OPTIONS", "/comment": "GET, HEAD, POST, OPTIONS",
	} {
		for _, method := range []string{http.MethodPut, "BREW"} {
			a := w.send(method, path, "")
			a.problem(http.StatusMethodNotAllowed)
			if got := a.header.Get("Allow"); got != allow {
				t.Errorf("%s %s: Allow %q, want %q", method, path, got, allow)
			}
		}
		if got := w.send(http.MethodOptions, path, "").want(http.StatusNoContent).header.Get("Allow"); !sameItems(got, allow) {
			t.Errorf("OPTIONS %s: Allow %q, want %q", path, got, allow)
		}
	}
}

func sameItems(a, b string) bool {
	set := func(s string) map[string]bool {
		m := map[string]bool{}
		for item := range strings.SplitSeq(s, ", ") {
			m[item] = true
		}
		return m
	}
	return cmp.Equal(set(a), set(b))
}

func TestAssetsAreImmutableUnderTheirHash(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, asset := range static.Assets() {
		want := cacheStable
		if asset.File.Forever {
			want = cacheForever
		}
		a := w.send(http.MethodGet, asset.Path, "").want(http.StatusOK)
		if a.header.Get("Cache-Control") != want || a.header.Get("Access-Control-Allow-Origin") != "*" || a.body != string(asset.File.Body) {
			t.Errorf("%s: %v", asset.Path, a.header)
		}
	}
}

func TestAssetOfAnEarlierVersionIsStillServed(t *testing.T) {
	t.Parallel()
	w := start(t)
	former := feedFile()
	former.Forever = true
	w.files.put("/static/postil.0123456789ab.js", former)
	a := w.send(http.MethodGet, "/static/postil.0123456789ab.js", "").want(http.StatusOK)
	if a.header.Get("Cache-Control") != cacheForever || a.header.Get("Access-Control-Allow-Origin") != "*" || a.body != string(former.Body) {
		t.Errorf("%v %s", a.header, a.body)
	}
	w.send(http.MethodGet, "/static/postil.ba9876543210.js", "").problem(http.StatusNotFound)
}

func TestServiceUnderAPathAnswersWithItAndWithout(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *Config) { c.Base += "/talk" })
	w.files.put(feedPath, feedFile())
	w.files.put("/feeds/blog.example/old/feed.xml", moved("/talk"+feedPath))
	for _, path := range []string{feedPath, "/postil.css", "/livez", "/api/v1/counts?site=blog.example&page=/"} {
		w.send(http.MethodGet, path, "").want(http.StatusOK)
		w.send(http.MethodGet, "/talk"+path, "").want(http.StatusOK)
	}
	w.send(http.MethodGet, "/talk", "").want(http.StatusOK)
	w.send(http.MethodGet, "/talkative/livez", "").want(http.StatusNotFound)
	if got := w.send(http.MethodGet, "/talk/feeds/blog.example/old/feed.xml", "").header.Get("Location"); got != "/talk"+feedPath {
		t.Errorf("moved to %q", got)
	}
}

func TestHeadersAreMadeAnewForAChangedFile(t *testing.T) {
	t.Parallel()
	w := shelved(t)
	w.send(http.MethodGet, feedPath, "").want(http.StatusOK)
	next := feedFile()
	next.Body, next.ETag = []byte("more than there was before"), `"next"`
	w.files.put(feedPath, next)
	a := w.send(http.MethodGet, feedPath, "", "If-None-Match", `"tag"`).want(http.StatusOK)
	if a.header.Get("Etag") != `"next"` || a.body != string(next.Body) {
		t.Errorf("%q %v", a.body, a.header)
	}
}
