package migrate

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postil/comments"
)

// Input is an export that is about to be read.
type Input struct {
	Format *Format

	ctx     context.Context
	parts   []part
	lenient bool
	digest  hash.Hash
	scratch string // a folder of its own for copies of databases
}

// part is one of the files of an export.
type part struct {
	name string
	path string        // or empty
	pipe *bufio.Reader // what can be read only once
	file *os.File      // that pipe, unless it is stdin
	db   *sql.DB       // of a copy
}

// Open finds out what files are, and refuses what is not of the named format.
// A file "-" is read from stdin. Several files are parts of one export. The
// folder scratch must be private; databases are copied there, so that nothing
// is written beside them.
func Open(ctx context.Context, name string, files []string, stdin io.Reader, scratch string, lenient bool) (*Input, error) {
	in := &Input{ctx: ctx, lenient: lenient, digest: sha256.New(), scratch: scratch}
	for i, file := range files {
		f, p, err := in.open(name, file, stdin, i)
		if err == nil {
			err = in.add(p, len(files))
		}
		if err != nil {
			return nil, errors.Join(err, p.close(), in.Close())
		}
		if in.Format != nil && in.Format.Name != f.Name {
			return nil, errors.Join(fmt.Errorf("%s: is %s, unlike the files before it, which are %s", file, f.Describe, in.Format.Describe), in.Close())
		}
		in.Format = f
	}
	if in.Format == nil {
		return nil, errors.New("there is no file to import")
	}
	return in, nil
}

// add takes a part in. Its name must tell its rows from those of the others.
func (in *Input) add(p part, of int) error {
	named := func(other part) bool { return other.name == p.name }
	if slices.ContainsFunc(in.parts, named) {
		p.name = p.path
	}
	switch {
	case slices.ContainsFunc(in.parts, named):
		return fmt.Errorf("%s is named twice", p.path)
	case p.db != nil && of > 1:
		return fmt.Errorf("%s: is a database, which is no part of another export: its ids begin anew; import each by itself, and give all but one another --source", p.name)
	}
	in.parts = append(in.parts, p)
	return nil
}

func (p part) close() (err error) {
	if p.db != nil {
		err = p.db.Close()
	}
	if p.file != nil {
		err = errors.Join(err, p.file.Close())
	}
	return err
}

func (in *Input) open(name, file string, stdin io.Reader, i int) (*Format, part, error) {
	p := part{name: filepath.Base(file), path: file}
	if file == "-" {
		p = part{name: "standard input", pipe: bufio.NewReaderSize(stdin, headSize)}
		return in.openText(name, p)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, p, err
	}
	if info.IsDir() {
		f, err := choose(name, treeHeading(p.name, os.DirFS(file)))
		return f, p, err
	}
	if !info.Mode().IsRegular() { // as a shell's <(zcat FILE) is
		if p.file, err = os.Open(file); err != nil {
			return nil, p, err
		}
		p.name, p.pipe = file, bufio.NewReaderSize(p.file, headSize)
		return in.openText(name, p)
	}
	magic, err := readStart(file, len(sqliteMagic))
	if err != nil {
		return nil, p, err
	}
	if string(magic) != sqliteMagic {
		return in.openText(name, p)
	}
	if p.db, err = in.copyDatabase(file, i); err != nil {
		return nil, p, fmt.Errorf("%s: %w", p.name, err)
	}
	h := &heading{name: p.name}
	if err := h.readTables(in.ctx, p.db); err != nil {
		return nil, p, fmt.Errorf("%s: begins like an SQLite database but cannot be read as one: %w", p.name, err)
	}
	f, err := choose(name, h)
	return f, p, err
}

func readStart(file string, n int) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, n)
	n, err = io.ReadFull(f, head)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return head[:n], err
}

// openText looks at the start of a file without taking it from what is read
// later.
func (in *Input) openText(name string, p part) (*Format, part, error) {
	var raw io.Reader = p.pipe
	if p.pipe == nil {
		f, err := os.Open(p.path)
		if err != nil {
			return nil, p, err
		}
		defer f.Close()
		raw = f
	} else {
		head, _ := p.pipe.Peek(headSize)
		raw = strings.NewReader(string(head))
	}
	s, err := newStream(p.name, raw, false, true)
	if err != nil {
		return nil, p, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(s, head)
	if err != nil && n == 0 && err != io.EOF { // what stands there can be told all the same
		return nil, p, &Damage{Place{File: p.name}, err}
	}
	f, err := choose(name, newHeading(p.name, head[:n]))
	return f, p, err
}

// Name says what is read, for people.
func (in *Input) Name() string {
	names := make([]string, len(in.parts))
	for i, p := range in.parts {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

// Rows reads all items. An error that is a *Damage need not end the reading.
// Rows can be read once.
func (in *Input) Rows() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		going := true
		pass := func(item Item, err error) bool {
			going = going && in.ctx.Err() == nil && yield(item, err)
			return going
		}
		for _, p := range in.parts {
			if !going {
				return
			}
			if err := in.read(p, pass); err != nil {
				pass(Item{}, err)
				return
			}
		}
		if err := in.ctx.Err(); err != nil {
			yield(Item{}, err)
		}
	}
}

func (in *Input) read(p part, pass emit) error {
	switch {
	case p.db != nil:
		in.Format.database(in.ctx, p.db, p.name, pass)
		return nil
	case in.Format.tree != nil:
		in.Format.tree(in.ctx, hashedFS{os.DirFS(p.path), in.digest}, p.name, pass)
		return nil
	}
	var raw io.Reader = p.pipe
	if p.pipe == nil {
		f, err := os.Open(p.path)
		if err != nil {
			return err
		}
		defer f.Close()
		raw = f
	}
	raw = io.TeeReader(raw, in.digest)
	s, err := newStream(p.name, raw, in.Format.xml, in.lenient)
	if err != nil {
		return err
	}
	in.Format.text(in.ctx, s, pass)
	if s.clean.unfit > 0 {
		pass(Item{Place: Place{File: p.name, Offset: s.clean.first}, Mended: fmt.Sprintf("%d characters that text cannot hold became U+FFFD", s.clean.unfit)}, errNotice)
	}
	_, err = io.Copy(io.Discard, raw) // what stands behind the last row is part of the digest
	return err
}

// errNotice passes on a remark about a whole file, which is no row.
var errNotice = errors.New("notice")

// Digest returns the SHA-256 of all that was read, once Rows has ended.
func (in *Input) Digest() comments.Hash { return comments.Hash(in.digest.Sum(nil)) }

// Close lets go of the files.
func (in *Input) Close() (err error) {
	for _, p := range in.parts {
		err = errors.Join(err, p.close())
	}
	return err
}
