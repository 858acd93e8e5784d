package feeds

import (
	"io/fs"
	"strings"
)

// has reports whether a name is that of a document of the page, or of a twin.
func (l layout) has(name string) bool {
	d, ok := parseDocument(untwinned(name))
	return ok && l.last > 0 && d.Archive <= l.archives() && (d.Form != Fragment || l.fragment)
}

// untwinned returns the name of the file that a twin belongs to.
func untwinned(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, gzipSuffix), brotliSuffix)
}

// removeExtras removes the files of a directory that it should not have, and
// the directory if it is empty then.
func (p *Publisher) removeExtras(dir string, has func(name string) bool) error {
	there, err := p.Dir.list(dir)
	if err != nil {
		return err
	}
	return p.removeAmong(dir, there, has)
}

// removeAmong does so when it is known what there is.
func (p *Publisher) removeAmong(dir string, there []fs.DirEntry, has func(name string) bool) error {
	var extras []string
	for _, e := range there {
		if !e.IsDir() && !has(e.Name()) {
			extras = append(extras, dir+"/"+e.Name())
		}
	}
	if len(extras) == 0 && len(there) > 0 {
		return nil
	}
	return p.Dir.Put(nil, append(extras, dir+"/")) // a slash at the end removes the directory if it can be
}
