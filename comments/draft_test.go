package comments

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// validDraft returns a draft that only what a test changes can make invalid.
func validDraft() Draft {
	return Draft{Site: "blog.example", Page: "/post", Body: "words", Key: "0123456789abcdef"}
}

func TestEachFieldOfADraftIsCheckedAtItsEdges(t *testing.T) {
	t.Parallel()
	repeat := strings.Repeat
	site := func(n int) string { return "https://a.example/" + repeat("x", n-len("https://a.example/")) }
	for name, c := range map[string]struct {
		set   func(*Draft)
		field string // empty: valid
	}{
		"nothing optional":       {func(d *Draft) {}, ""},
		"no body":                {func(d *Draft) { d.Body = "" }, "body"},
		"blank body":             {func(d *Draft) { d.Body = " \r\n\t\u00a0\n" }, "body"},
		"one character":          {func(d *Draft) { d.Body = "ü" }, ""},
		"longest body":           {func(d *Draft) { d.Body = repeat("ü", MaxBody) }, ""},
		"too long a body":        {func(d *Draft) { d.Body = repeat("ü", MaxBody+1) }, "body"},
		"space does not count":   {func(d *Draft) { d.Body = "\n\n" + repeat("ü", MaxBody) + "\n \n" }, ""},
		"CRLF counts once":       {func(d *Draft) { d.Body = repeat("\r\n", MaxBody-2) + "x" + repeat("\r\n", MaxBody-2) + "x" }, ""},
		"tabs and line breaks":   {func(d *Draft) { d.Body = "a\tb\nc\r\nd\re" }, ""},
		"control in body":        {func(d *Draft) { d.Body = "a\x01" }, "body"},
		"escape in body":         {func(d *Draft) { d.Body = "a\x1b[0m" }, "body"},
		"NUL in body":            {func(d *Draft) { d.Body = "a\x00b" }, "body"},
		"DEL in body":            {func(d *Draft) { d.Body = "a\x7fb" }, "body"},
		"C1 control in body":     {func(d *Draft) { d.Body = "a\u0085b" }, "body"},
		"U+FFFE in body":         {func(d *Draft) { d.Body = "a\ufffeb" }, "body"},
		"U+FFFF in body":         {func(d *Draft) { d.Body = "a\uffffb" }, "body"},
		"U+FFFD in body":         {func(d *Draft) { d.Body = "a\ufffdb" }, ""},
		"broken UTF-8 in body":   {func(d *Draft) { d.Body = "a\xffb" }, "body"},
		"surrogate in body":      {func(d *Draft) { d.Body = "a\xed\xa0\x80b" }, "body"},
		"right-to-left in body":  {func(d *Draft) { d.Body = "שלום \u202eabc\u202c" }, ""},
		"longest name":           {func(d *Draft) { d.Name = repeat("ü", MaxName) }, ""},
		"too long a name":        {func(d *Draft) { d.Name = repeat("ü", MaxName+1) }, "name"},
		"spaces in name":         {func(d *Draft) { d.Name = " " + repeat("ü", 39) + repeat(" ", 99) + repeat("ü", 40) + "\n" }, ""},
		"control in name":        {func(d *Draft) { d.Name = "a\x01" }, "name"},
		"NUL in name":            {func(d *Draft) { d.Name = "a\x00" }, "name"},
		"broken UTF-8 in name":   {func(d *Draft) { d.Name = "a\xff" }, "name"},
		"override in name":       {func(d *Draft) { d.Name = "a\u202eb" }, "name"},
		"embedding in name":      {func(d *Draft) { d.Name = "a\u202ab" }, "name"},
		"isolate in name":        {func(d *Draft) { d.Name = "a\u2066b" }, "name"},
		"pop isolate in name":    {func(d *Draft) { d.Name = "a\u2069b" }, "name"},
		"Hebrew name":            {func(d *Draft) { d.Name = "שלום" }, ""},
		"markup in name":         {func(d *Draft) { d.Name = `<b>"&` }, ""},
		"longest website":        {func(d *Draft) { d.Website = site(MaxWebsite) }, ""},
		"too long a website":     {func(d *Draft) { d.Website = site(MaxWebsite + 1) }, "website"},
		"website in upper case":  {func(d *Draft) { d.Website = " HTTP://A.example " }, ""},
		"website with port":      {func(d *Draft) { d.Website = "http://[::1]:8080/~me?a=b#c" }, ""},
		"website by script":      {func(d *Draft) { d.Website = "javascript:alert(1)" }, "website"},
		"website by data":        {func(d *Draft) { d.Website = "data:text/html,x" }, "website"},
		"website without scheme": {func(d *Draft) { d.Website = "a.example" }, "website"},
		"website, same scheme":   {func(d *Draft) { d.Website = "//a.example" }, "website"},
		"website without host":   {func(d *Draft) { d.Website = "https:///x" }, "website"},
		"website, port only":     {func(d *Draft) { d.Website = "https://:80/" }, "website"},
		"website with user":      {func(d *Draft) { d.Website = "https://blog.example@a.example" }, "website"},
		"website with quote":     {func(d *Draft) { d.Website = `https://a.example/"x` }, "website"},
		"website with tag":       {func(d *Draft) { d.Website = "https://a.example/<b>" }, "website"},
		"website with backslash": {func(d *Draft) { d.Website = `https://a.example\@b.example` }, "website"},
		"website with space":     {func(d *Draft) { d.Website = "https://a.example/a b" }, "website"},
		"website with control":   {func(d *Draft) { d.Website = "https://a.example/\u0085x" }, "website"},
		"website, broken UTF-8":  {func(d *Draft) { d.Website = "https://a.example/\xff" }, "website"},
		"longest email":          {func(d *Draft) { d.Email = repeat("a", MaxEmail-10) + "@a.example" }, ""},
		"too long an email":      {func(d *Draft) { d.Email = repeat("a", MaxEmail-9) + "@a.example" }, "email"},
		"email in spaces":        {func(d *Draft) { d.Email = " me+x@a.example\n" }, ""},
		"email without at":       {func(d *Draft) { d.Email = "me" }, "email"},
		"email without name":     {func(d *Draft) { d.Email = "@a.example" }, "email"},
		"email without host":     {func(d *Draft) { d.Email = "me@" }, "email"},
		"two emails":             {func(d *Draft) { d.Email = "me@a.example,b@b.example" }, "email"},
		"email with header":      {func(d *Draft) { d.Email = "me@a.example\r\nBcc:x" }, "email"},
		"email, broken UTF-8":    {func(d *Draft) { d.Email = "me@a.ex\xffample" }, "email"},
		"short key":              {func(d *Draft) { d.Key = "0123456789abcde" }, "key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := validDraft()
			c.set(&d)
			err := d.normalise().validate()
			if c.field == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Invalid || e.Field != c.field || e.Text == "" {
				t.Errorf("got error %v, want an Invalid one at %s", err, c.field)
			}
		})
	}
}

func TestNormalisingTrimsWhatNobodyMeans(t *testing.T) {
	t.Parallel()
	got := Draft{
		Site: " Blog.Example ", Page: " /x ", Parent: " p ", Name: "  Ann\u00a0\n of  Å ", Website: " https://a.example\n", Email: " me@a.example ",
		Body: "\n\r\n    code\r\rend \t\n", Key: " k ",
	}.normalise()
	want := Draft{
		Site: "blog.example", Page: " /x ", Parent: " p ", Name: "Ann of Å", Website: "https://a.example", Email: "me@a.example",
		Body: "    code\n\nend", Key: " k ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestTheFingerprintTellsDraftsApart(t *testing.T) {
	t.Parallel()
	base := validDraft()
	ann := Author{Name: "Ann", Badge: Badge{1}}
	same := base
	same.Email, same.Key, same.Page, same.Name = "me@a.example", "another key, 16+", "/post/", "Ann#secret"
	if base.fingerprint("/post", ann) != same.fingerprint("/post", ann) {
		t.Error("what is not stored makes a difference")
	}
	seen := map[Hash]bool{
		base.fingerprint("/post", ann): true, base.fingerprint("/post2", ann): true,
		base.fingerprint("/post", Author{Name: "Bea", Badge: Badge{1}}): true, base.fingerprint("/post", Author{Name: "Ann", Badge: Badge{2}}): true,
	}
	for _, set := range []func(*Draft){
		func(d *Draft) { d.Site = "b.example" }, func(d *Draft) { d.Parent = "words" },
		func(d *Draft) { d.Website = "words" }, func(d *Draft) { d.Body = "other words" },
	} {
		d := base
		set(&d)
		seen[d.fingerprint("/post", ann)] = true
	}
	if len(seen) != 8 {
		t.Errorf("only %d of 8 drafts differ", len(seen))
	}
}

// FuzzDraft checks that a draft that passes is what the rest of the program
// relies on: within limits, fit for XML, with a website that is one.
func FuzzDraft(f *testing.F) {
	f.Add("words\r\n", "Ann", "https://a.example/?x=1", "me@a.example", "0123456789abcdef")
	f.Add("\x01\xff\u202e", "a\u202eb", "javascript:x", "@", "")
	f.Add("a\u0085\ufffe", "\xed\xa0\x80", "https://me@a.example\\", "a@b@c", "\n")
	f.Fuzz(func(t *testing.T, body, name, website, email, key string) {
		d := Draft{Site: "blog.example", Page: "/", Body: body, Name: name, Website: website, Email: email, Key: IdempotencyKey(key)}.normalise()
		if again := d.normalise(); again != d {
			t.Fatalf("%+v becomes %+v", d, again)
		}
		if err := d.validate(); err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Invalid || e.Field == "" || !utf8.ValidString(e.Text) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if n := utf8.RuneCountInString(d.Body); n < 1 || n > MaxBody || utf8.RuneCountInString(d.Name) > MaxName || len(d.Website) > MaxWebsite || len(d.Email) > MaxEmail {
			t.Fatalf("beyond the limits: %+v", d)
		}
		if strings.ContainsAny(d.Name, "\n\t") || strings.ContainsRune(d.Body, '\r') {
			t.Fatalf("line breaks in %+v", d)
		}
		assertXML(t, d.Body, d.Name, d.Website, d.Email)
		if u, err := url.Parse(d.Website); d.Website != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(d.Website, `"<>`)) {
			t.Fatalf("website %q", d.Website)
		}
	})
}

// assertXML fails unless each text comes through XML as it is.
func assertXML(t *testing.T, texts ...string) {
	t.Helper()
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, text := range texts {
		d := xml.NewDecoder(strings.NewReader("<x>" + escape.Replace(text) + "</x>"))
		var back strings.Builder
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if data, ok := token.(xml.CharData); ok {
				back.Write(data)
			}
		}
		if back.String() != text {
			t.Fatalf("%q comes back as %q", text, back.String())
		}
	}
}
