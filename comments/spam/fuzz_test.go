package spam

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altcha-org/altcha-lib-go"

	"postil/comments"
	"postil/comments/markup"
)

func FuzzCheck(f *testing.F) {
	w := newWorkshop(f, 1, 2)
	solved := w.solve(w.challenge("blog.example", aKey))
	f.Add("blog.example", aKey, encode(f, solved))
	f.Add("", "", "")
	f.Add("blog.example", aKey, base64.StdEncoding.EncodeToString([]byte(`{"algorithm":"SHA-256","salt":"a?b?c","number":-9223372036854775808}`)))
	f.Fuzz(func(t *testing.T, site, key, payload string) {
		err := w.Check(site, key, payload)
		if err == nil && (site != "blog.example" || key != aKey) {
			t.Errorf("%q solves something for site %q and key %q", payload, site, key)
		}
		if fault, ok := err.(*comments.Error); err != nil && (!ok || fault.Field != "proof") {
			t.Errorf("got %v", err)
		}
		if err == nil && !worked(payload) {
			t.Errorf("%q is no solution", payload)
		}
	})
}

// worked reports whether somebody did the work, whoever asked for it.
func worked(payload string) bool {
	raw, _ := base64.StdEncoding.DecodeString(payload)
	var p altcha.Payload
	err := json.Unmarshal(raw, &p)
	salt := strings.TrimSuffix(p.Salt, "&") + "&"
	return err == nil && fmt.Sprintf("%x", sha256.Sum256([]byte(salt+strconv.FormatInt(p.Number, 10)))) == p.Challenge
}

// FuzzJudge asks all defences about any comment: none of them panics, each
// says the same of the same comment, and no text makes itself welcome where a
// program sent it.
func FuzzJudge(f *testing.F) {
	for _, source := range []string{
		"", "Hello there", "https://a.example https://b.example", "[url=x]y[/url] <a href=z>", "\xff\xfe", "正品手表特价", "> quoted\n\nанd mixed",
		"```\ncode\n```", "a\u0301 \u202e \x00", strings.Repeat("word ", 300), strings.Repeat("é", 3000),
	} {
		f.Add(source, "Ann", "https://ann.example/")
	}
	render := markup.New().Render
	now := time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)
	d := New(Config{Store: lessons(40), Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	site := comments.Site{Host: "blog.example", Settings: comments.DefaultSettings()}
	site.Settings.Origins = []string{"https://blog.example"}
	site.Settings.Words = []string{"casino", `/(a+)+b/`, `/\bquo\w+/`}
	f.Fuzz(func(t *testing.T, source, name, website string) {
		html, err := render(source, comments.Markdown)
		if err != nil {
			html = comments.HTML(source) // no renderer's, and nothing may rely on that
		}
		c := comments.Case{Site: site, Comment: comments.Comment{ID: comments.ID{1}, Source: source, HTML: html, Author: comments.Author{Name: name, Website: website}}}
		first, err := d.Judge(t.Context(), c)
		again, err2 := d.Judge(t.Context(), c)
		if err != nil || err2 != nil || comments.NewVerdicts(first) != comments.NewVerdicts(again) {
			t.Errorf("first %v, %v, then %v, %v", first, err, again, err2)
		}
		if comments.NewVerdicts(first).Points() < comments.HoldPoints {
			t.Errorf("a program's comment is published: %v", first)
		}
	})
}
