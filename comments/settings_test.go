package comments_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postil/comments"
)

// TestEachSettingIsCheckedAtItsEdges sets one thing at a time in otherwise
// valid settings.
func TestEachSettingIsCheckedAtItsEdges(t *testing.T) {
	t.Parallel()
	names := func(n int, format string) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf(format, i))
		}
		return list
	}
	address := func(length int) string {
		return "https://a.example/" + strings.Repeat("x", length-len("https://a.example/"))
	}
	for name, c := range map[string]struct {
		set   func(*comments.Settings)
		field string // empty: valid
	}{
		"no origin":             {func(s *comments.Settings) { s.Origins = nil }, "origins"},
		"most origins":          {func(s *comments.Settings) { s.Origins = names(comments.MaxOrigins, "https://b%d.example") }, ""},
		"too many origins":      {func(s *comments.Settings) { s.Origins = names(comments.MaxOrigins+1, "https://b%d.example") }, "origins"},
		"origin not normal":     {func(s *comments.Settings) { s.Origins = []string{"https://Blog.example"} }, "origins"},
		"origin with a path":    {func(s *comments.Settings) { s.Origins = []string{"https://blog.example/x"} }, "origins"},
		"hold all":              {func(s *comments.Settings) { s.Policy = comments.PolicyHoldAll }, ""},
		"closed":                {func(s *comments.Settings) { s.Policy = comments.PolicyClosed }, ""},
		"no policy":             {func(s *comments.Settings) { s.Policy = "" }, "policy"},
		"unknown policy":        {func(s *comments.Settings) { s.Policy = "Open" }, "policy"},
		"no editing":            {func(s *comments.Settings) { s.EditWindow = 0 }, ""},
		"negative window":       {func(s *comments.Settings) { s.EditWindow = -1 }, "edit_window"},
		"longest window":        {func(s *comments.Settings) { s.EditWindow = comments.MaxEditWindow }, ""},
		"too long a window":     {func(s *comments.Settings) { s.EditWindow = comments.MaxEditWindow + 1 }, "edit_window"},
		"most parameters":       {func(s *comments.Settings) { s.KeepQuery = names(comments.MaxKeepQuery, "p%d") }, ""},
		"too many parameters":   {func(s *comments.Settings) { s.KeepQuery = names(comments.MaxKeepQuery+1, "p%d") }, "keep_query"},
		"longest parameter":     {func(s *comments.Settings) { s.KeepQuery = []string{strings.Repeat("p", 40)} }, ""},
		"too long a parameter":  {func(s *comments.Settings) { s.KeepQuery = []string{strings.Repeat("p", 41)} }, "keep_query"},
		"parameter with a &":    {func(s *comments.Settings) { s.KeepQuery = []string{"a&b"} }, "keep_query"},
		"empty parameter":       {func(s *comments.Settings) { s.KeepQuery = []string{""} }, "keep_query"},
		"language with regions": {func(s *comments.Settings) { s.Language = "zh-Hant-TW" }, ""},
		"language, script":      {func(s *comments.Settings) { s.Language = "sr-Latn" }, ""},
		"language, variants":    {func(s *comments.Settings) { s.Language = "de-CH-1996-u-nu-latn-x-own" }, ""},
		"language of one":       {func(s *comments.Settings) { s.Language = "e" }, "language"},
		"language of four":      {func(s *comments.Settings) { s.Language = "engl" }, "language"},
		"language and no more":  {func(s *comments.Settings) { s.Language = "en-" }, "language"},
		"language, two regions": {func(s *comments.Settings) { s.Language = "en-GB-US" }, "language"},
		"no language":           {func(s *comments.Settings) { s.Language = "" }, "language"},
		"language by underline": {func(s *comments.Settings) { s.Language = "pt_BR" }, "language"},
		"language with a quote": {func(s *comments.Settings) { s.Language = `en"` }, "language"},
		"smallest archive":      {func(s *comments.Settings) { s.Archive = comments.MinArchive }, ""},
		"too small an archive":  {func(s *comments.Settings) { s.Archive = comments.MinArchive - 1 }, "archive"},
		"greatest archive":      {func(s *comments.Settings) { s.Archive = comments.MaxArchive }, ""},
		"too great an archive":  {func(s *comments.Settings) { s.Archive = comments.MaxArchive + 1 }, "archive"},
		"auto":                  {func(s *comments.Settings) { s.Policy = comments.PolicyAuto }, ""},
		"hold first":            {func(s *comments.Settings) { s.Policy = comments.PolicyHoldFirst }, ""},
		"never closes":          {func(s *comments.Settings) { s.CloseAfter = 0 }, ""},
		"closes last":           {func(s *comments.Settings) { s.CloseAfter = comments.MaxCloseAfter }, ""},
		"closes too late":       {func(s *comments.Settings) { s.CloseAfter = comments.MaxCloseAfter + 1 }, "close_after"},
		"closes before":         {func(s *comments.Settings) { s.CloseAfter = -1 }, "close_after"},
		"no links":              {func(s *comments.Settings) { s.MaxLinks = 0 }, ""},
		"most links":            {func(s *comments.Settings) { s.MaxLinks = comments.MaxLinks }, ""},
		"too many links":        {func(s *comments.Settings) { s.MaxLinks = comments.MaxLinks + 1 }, "max_links"},
		"negative links":        {func(s *comments.Settings) { s.MaxLinks = -1 }, "max_links"},
		"most words":            {func(s *comments.Settings) { s.Words = names(comments.MaxWords, "word%d") }, ""},
		"too many words":        {func(s *comments.Settings) { s.Words = names(comments.MaxWords+1, "word%d") }, "words"},
		"longest word":          {func(s *comments.Settings) { s.Words = []string{strings.Repeat("w", comments.MaxWord)} }, ""},
		"too long a word":       {func(s *comments.Settings) { s.Words = []string{strings.Repeat("w", comments.MaxWord+1)} }, "words"},
		"bad pattern":           {func(s *comments.Settings) { s.Words = []string{"/(/"} }, "words"},
		"kept for ever":         {func(s *comments.Settings) { s.Retention = comments.Retention{} }, ""},
		"held for a moment":     {func(s *comments.Settings) { s.Retention.Held = comments.MinRetention - 1 }, "retention.held"},
		"spam for an age":       {func(s *comments.Settings) { s.Retention.Spam = comments.MaxRetention + 1 }, "retention.spam"},
		"asked for a moment":    {func(s *comments.Settings) { s.Retention.Unconfirmed = 1 }, "retention.unconfirmed"},
		"negative audit":        {func(s *comments.Settings) { s.Retention.Audit = -1 }, "retention.audit"},
		"shortest audit":        {func(s *comments.Settings) { s.Retention.Audit = comments.MinRetention }, ""},
		"longest audit":         {func(s *comments.Settings) { s.Retention.Audit = comments.MaxRetention }, ""},
		"most webhooks":         {func(s *comments.Settings) { s.Webhooks = names(comments.MaxWebhooks, "https://h%d.example/x?y=1") }, ""},
		"too many webhooks":     {func(s *comments.Settings) { s.Webhooks = names(comments.MaxWebhooks+1, "https://h%d.example/") }, "webhooks"},
		"webhook by mail":       {func(s *comments.Settings) { s.Webhooks = []string{"mailto:me@a.example"} }, "webhooks"},
		"webhook with password": {func(s *comments.Settings) { s.Webhooks = []string{"https://me:s3cr3t@a.example/"} }, "webhooks"},
		"webhook with fragment": {func(s *comments.Settings) { s.Webhooks = []string{"https://a.example/#x"} }, "webhooks"},
		"longest hub":           {func(s *comments.Settings) { s.Hub = address(comments.MaxAddress) }, ""},
		"too long a hub":        {func(s *comments.Settings) { s.Hub = address(comments.MaxAddress + 1) }, "hub"},
		"hub without host":      {func(s *comments.Settings) { s.Hub = "https:///x" }, "hub"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := comments.DefaultSettings()
			s.Origins = []string{"https://blog.example"}
			c.set(&s)
			if err := s.Validate(); c.field != "" {
				assertFieldError(t, err, c.field)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// matching returns which of some texts a word or pattern matches.
func matching(t *testing.T, word string, texts ...string) (found []string) {
	t.Helper()
	patterns, err := comments.CompileWords([]string{word})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if patterns[0].MatchString(text) {
			found = append(found, text)
		}
	}
	return found
}

func TestWordsMatchWhereTheyStandAlone(t *testing.T) {
	t.Parallel()
	for word, c := range map[string]struct{ yes, no []string }{
		"casino":    {[]string{"casino", "The CASINO!", "a-casino-b", "x\ncasino\ny"}, []string{"casinos", "1casino", "ücasino", "cas ino"}},
		"größe":     {[]string{"GRÖßE", "die Größe."}, []string{"Größen"}},
		"a.b":       {[]string{"a.b"}, []string{"axb"}},
		"c++":       {[]string{"c++", "in C++."}, []string{"c+"}},
		"/via?gra/": {[]string{"VIGRA", "xviagrax"}, []string{"via gra"}},
		"/^.x$/":    {[]string{"ax", "\nx"}, []string{"axx"}},
		"/":         {[]string{"a / b"}, []string{"a b"}},
		"//":        {[]string{"a // b"}, []string{"a / b"}},
	} {
		if got := matching(t, word, slices.Concat(c.yes, c.no)...); !slices.Equal(got, c.yes) {
			t.Errorf("%s matches %q, want %q", word, got, c.yes)
		}
	}
}

func TestBadPatternsAreNamedByTheirPlace(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"/ab(c/":      `entry 2, /ab(c/: missing closing )`,
		"/ü[z-a]/":    `"z-a" at character 4`,
		"/a**/":       `"**" at character 3`,
		`/ab\q/`:      `"\\q" at character 4`,
		"":            "entry 2 needs 1 to 200 bytes",
		" \t":         "entry 2 needs 1 to 200 bytes",
		"\xff":        "entry 2 needs 1 to 200 bytes",
		"/(?P<n/":     "entry 2",
		"/a{1,9999}/": `"{1,9999}" at character 3`,
	} {
		_, err := comments.CompileWords([]string{"fine", word})
		assertFieldError(t, err, "words")
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, want it to say %q", word, err, want)
		}
	}
}
