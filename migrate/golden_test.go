package migrate

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixture is a folder of testdata with an export of one format, and golden
// files of what becomes of it: the report with every row's fate, and the site.
type fixture struct {
	folder, format string
	files          []string
	lenient        bool
	mapping        Mapping
}

func fixtures() []fixture {
	return []fixture{
		{folder: "disqus", format: "disqus", files: []string{"export.xml"}, mapping: Mapping{Hosts: map[string]string{"blog.old.example": "blog.example"}}},
		{folder: "disqus-bare", format: "disqus", files: []string{"export.xml"}},
		{folder: "wordpress", format: "wordpress", files: []string{"part1.xml", "part2.xml"}},
		{folder: "disqus-wxr", format: "disqus-wxr", files: []string{"import.xml"}},
		{folder: "isso-json", format: "isso-json", files: []string{"threads.json"}, lenient: true},
		{folder: "remark42", format: "remark42", files: []string{"backup.json"}, mapping: Mapping{Rules: []Rule{{"https://old.example/*", "/moved/*"}}}},
		{folder: "commento-1", format: "commento", files: []string{"export.json"}},
		{folder: "commento-2", format: "commento", files: []string{"export.json"}},
		{folder: "comentario-3", format: "commento", files: []string{"export.json"}},
		{folder: "artalk", format: "artalk", files: []string{"artrans.json"}},
		{folder: "waline", format: "waline", files: []string{"waline.json"}},
		{folder: "leancloud", format: "leancloud", files: []string{"Comment.0.jsonl"}, lenient: true},
		{folder: "valine", format: "leancloud", files: []string{"comments.json"}},
		{folder: "cusdis-json", format: "cusdis", files: []string{"cusdis.json"}},
		{folder: "cusdis-sqlite-dump", format: "cusdis", files: []string{"dump.sql"}},
		{folder: "cusdis-postgres-dump", format: "cusdis", files: []string{"dump.sql"}},
		{folder: "cusdis-mysql-dump", format: "cusdis", files: []string{"dump.sql"}},
		{folder: "staticman", format: "staticman", files: []string{"comments"}, lenient: true, mapping: Mapping{Rules: []Rule{{"/zweiter", "/2018/zweiter"}}}},
	}
}

func (f fixture) job() job {
	j := job{format: f.format, plan: Plan{Lenient: f.lenient, Mapping: f.mapping}}
	for _, file := range f.files {
		if !filepath.IsAbs(file) {
			file = filepath.Join("testdata", f.folder, file)
		}
		j.files = append(j.files, file)
	}
	return j
}

var runID = regexp.MustCompile(`"run": "[0-9a-f-]{36}"`)

func TestGoldenReports(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures() {
		t.Run(f.folder, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, openSQLite(t))
			_, rows, err := w.run(f.job())
			w.must(err)
			golden(t, filepath.Join("testdata", f.folder, "report.golden"), runID.ReplaceAllString(rows, `"run": ""`))
			golden(t, filepath.Join("testdata", f.folder, "site.golden"), w.everything(host))
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
