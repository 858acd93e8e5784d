package migrate

import (
	"fmt"
	"strings"
	"testing"
)

const wxrHead = `<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>`

// wxrItem is a post with one comment, of a blog that is two hours ahead.
func wxrItem(page string, id int, gmt string) string {
	return fmt.Sprintf(`<item><link>https://blog.example%s</link><wp:post_date>2010-01-01 12:00:00</wp:post_date><wp:post_date_gmt>2010-01-01 10:00:00</wp:post_date_gmt>
<wp:comment><wp:comment_id>%d</wp:comment_id><wp:comment_date>2010-01-02 12:00:00</wp:comment_date><wp:comment_date_gmt>%s</wp:comment_date_gmt><wp:comment_content>words</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment></item>`, page, id, gmt)
}

func TestWordPressTakesTheZoneFromThePost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	w.imports(job{format: "wordpress", files: []string{"-"}, stdin: []byte(wxrHead + wxrItem("/a", 1, "0000-00-00 00:00:00") + "</channel></rss>")})
	w.same("site", "/a closed=false aliases=[]\n  #1 1 published \"\" 2010-01-02T10:00:00Z html \"words\"\n", w.everything(host))
}

func TestPrefixesOfWXRNeedNotBeBound(t *testing.T) {
	t.Parallel()
	text := `<rss version="2.0"><channel>` + wxrItem("/a", 1, "2010-01-02 10:00:00") + "</channel></rss>"
	for format, text := range map[string]string{"wordpress": text, "disqus-wxr": strings.Replace(text, "<item>", "<item><dsq:thread_identifier>x</dsq:thread_identifier>", 1)} {
		w := newWorld(t, openSQLite(t))
		r := w.imports(job{format: Auto, files: []string{"-"}, stdin: []byte(text)})
		w.same("format", format, r.Format)
		w.same("imported", int64(1), r.Imported)
	}
}

// A backup's first line names all users of whom something is known: with 600
// of them it is longer than what tells formats apart.
func TestRemark42MayHaveManyUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, openSQLite(t))
	user := `{"id":"github_0123456789012345678901234567890123456789","blocked":{"status":false,"until":"0001-01-01T00:00:00Z"},"verified":false,"details":{}}`
	text := `{"version":1,"users":[` + strings.Repeat(user+",", 2000) + user + `],"posts":[{"url":"https://blog.example/a","read_only":true}]}
{"id":"1","text":"<p>one</p>","user":{"name":"Ann","id":"github_1"},"locator":{"url":"https://blog.example/a"},"time":"2020-01-01T00:00:00Z"}
`
	r := w.imports(job{format: Auto, files: []string{"-"}, stdin: []byte(text)})
	w.same("format", "remark42", r.Format)
	w.same("site", "/a closed=true aliases=[]\n  #1 1 published \"Ann\" 2020-01-01T00:00:00Z html \"<p>one</p>\"\n", w.everything(host))
}

func TestPackedFilesAreRefusedWithAdvice(t *testing.T) {
	t.Parallel()
	for start, says := range map[string]string{
		"PK\x03\x04\x14\x00": "is a zip archive; unpack it",
		"BZh91AY&SY":         "compressed with bzip2; unpack it",
		"\xfd7zXZ\x00":       "compressed with xz; unpack it",
		"\x28\xb5\x2f\xfd":   "compressed with zstd; unpack it",
		sqliteMagic:          "cannot be read from a pipe; name its file",
		zipped("a.xml" + strings.Repeat("\x00", 252) + "ustar  \x00"): "is a tar archive; unpack it",
	} {
		for _, format := range []string{Auto, "disqus"} {
			_, err := Open(t.Context(), format, []string{"-"}, strings.NewReader(start+"rest"), t.TempDir(), false)
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%q as %s: %v; want %q", start, format, err, says)
			}
		}
	}
}
