package feeds

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"postil/static"
)

// Write is one file to be put into a Dir with its twins.
type Write struct {
	Path string
	File *static.File
}

const (
	// maxSyncs is how many files are synced at once: the file system commits
	// its journal once for all that wait.
	maxSyncs = 8
	// manyFiles is from how many files on, twins included, the whole file
	// system is synced instead of each.
	manyFiles = 48
)

// Put writes files, in their order, and removes others; a removal that ends in
// a slash is a directory, which goes if it is empty. When it returns, all
// of it is on disk, and Get answers nothing older. Files that hold the same
// already are left alone. Every file goes through these steps, so that
// stopping between any two leaves whole files and no twin of other words:
//
//  1. The new file and its twins are written under other names and synced.
//  2. The old twins are removed, and their directory is synced: from here on
//     no rename can be on disk while an old twin still is.
//  3. The new file is renamed to its name, then the new twins to theirs.
//  4. The directory is synced.
func (d *Dir) Put(writes []Write, removals []string) error {
	if d.lock == nil {
		return errors.New("the output directory was opened for reading only")
	}
	b := batch{dir: d, removals: removals, touched: map[string]bool{}}
	err := b.stage(writes)
	for _, step := range []func() error{b.dropTwins, b.replace, b.sync} {
		if err == nil {
			err = step()
		}
	}
	return errors.Join(err, b.discard())
}

// batch is one Put under way.
type batch struct {
	dir      *Dir
	staged   []staged
	removals []string
	touched  map[string]bool // directories to be synced
	many     bool            // the file system is synced as a whole
}

// staged is a file that stands under a temporary name.
type staged struct {
	path  string
	temps map[string]string // by suffix; "" is the file itself
}

// suffixes are those of a file and its twins, in the order of their renaming.
var suffixes = [...]string{"", gzipSuffix, brotliSuffix}

// stage writes what differs from what is there.
func (b *batch) stage(writes []Write) error {
	bodies := map[string][]byte{} // by temporary name
	for _, w := range writes {
		todo := b.dir.missing(w)
		if todo == nil {
			continue
		}
		s := staged{w.Path, map[string]string{}}
		for suffix, body := range todo {
			temp := path.Join(tempDir, strconv.FormatInt(b.dir.temps.Add(1), 10))
			s.temps[suffix] = temp
			bodies[temp] = body
		}
		b.staged = append(b.staged, s)
	}
	b.many = canSyncAll && len(bodies) >= manyFiles
	return b.write(bodies)
}

// write makes temporary files, and waits until they are on disk.
func (b *batch) write(bodies map[string][]byte) error {
	var group errgroup.Group
	group.SetLimit(maxSyncs)
	if b.many {
		group.SetLimit(1) // nothing waits for the disk, only for the directory
	}
	for temp, body := range bodies {
		group.Go(func() error { return b.dir.write(temp, body, !b.many) })
	}
	err := group.Wait()
	if err == nil && b.many {
		err = b.dir.syncAll()
	}
	return err
}

// parts returns what is to be written of a file, by suffix.
func parts(f *static.File) map[string][]byte {
	p := map[string][]byte{"": f.Body}
	if f.Gzip != nil {
		p[gzipSuffix] = f.Gzip
	}
	if f.Brotli != nil {
		p[brotliSuffix] = f.Brotli
	}
	return p
}

// missing returns what must be written of a file: nothing if it and its twins
// are on disk as they should be, and the twins alone if the file is.
func (d *Dir) missing(w Write) map[string][]byte {
	want := parts(w.File)
	same := map[string]bool{}
	for _, suffix := range suffixes {
		body, wanted := want[suffix]
		have, _, err := d.read(w.Path + suffix)
		same[suffix] = wanted && err == nil && bytes.Equal(body, have) || !wanted && missing(err)
	}
	switch {
	case same[""] && same[gzipSuffix] && same[brotliSuffix]:
		return nil
	case same[""]:
		delete(want, "")
	}
	return want
}

// write makes a new file and, if asked to, waits until it is on disk.
func (d *Dir) write(name string, body []byte, sync bool) error {
	if err := d.step("write", name); err != nil {
		return err
	}
	f, err := d.create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil && sync {
		err = f.Sync()
		d.syncs.Add(1)
	}
	return errors.Join(err, f.Close())
}

// create makes a temporary file; their directory may have been removed by
// whoever emptied this one.
func (d *Dir) create(name string) (*os.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := d.root.OpenFile(name, flags, 0o644)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := d.root.Mkdir(tempDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return d.root.OpenFile(name, flags, 0o644)
}

// dropTwins removes the twins that the next step would make stale. Whoever
// loads a file meanwhile gets it with its own twins or without.
func (b *batch) dropTwins() error {
	dropped := map[string]bool{}
	for _, p := range b.paths() {
		for _, suffix := range suffixes[1:] {
			switch err := b.dir.remove(p + suffix); {
			case err == nil:
				dropped[path.Dir(p)] = true
			case !missing(err):
				return err
			}
		}
	}
	return b.syncDirs(dropped)
}

func (b *batch) paths() []string {
	paths := make([]string, 0, len(b.staged)+len(b.removals))
	for _, s := range b.staged {
		paths = append(paths, s.path)
	}
	return append(paths, b.removals...)
}

// replace makes the new files the ones that everyone sees.
func (b *batch) replace() error {
	b.dir.swap.Lock()
	defer b.dir.swap.Unlock()
	defer b.dir.cache.drop(b.paths()...)
	for _, s := range b.staged {
		if err := b.makeDir(path.Dir(s.path)); err != nil {
			return err
		}
		for _, suffix := range suffixes {
			if temp, ok := s.temps[suffix]; ok {
				if err := b.dir.rename(temp, s.path+suffix); err != nil {
					return err
				}
				delete(s.temps, suffix)
			}
		}
		b.touched[path.Dir(s.path)] = true
	}
	for _, p := range b.removals {
		if !strings.HasSuffix(p, "/") {
			if err := b.dir.remove(p); err != nil && !missing(err) {
				return err
			}
		}
		b.prune(path.Dir(p))
	}
	return nil
}

// makeDir makes a directory, and notes which ones got a new entry by it.
func (b *batch) makeDir(dir string) error {
	if b.dir.exists(dir) {
		return nil
	}
	if err := b.makeDir(path.Dir(dir)); err != nil {
		return err
	}
	if err := b.dir.step("mkdir", dir); err != nil {
		return err
	}
	b.touched[path.Dir(dir)] = true
	if strings.Count(dir, "/") == 1 {
		b.dir.made[dir]++
	}
	return b.dir.root.Mkdir(dir, 0o755)
}

// prune removes directories that have become empty.
func (b *batch) prune(dir string) {
	for dir != "." && b.dir.remove(dir) == nil { // fails while there is something in it
		delete(b.touched, dir)
		dir = path.Dir(dir)
	}
	b.touched[dir] = true
}

// discard removes temporary files that were not used.
func (b *batch) discard() (err error) {
	for _, s := range b.staged {
		for _, temp := range s.temps {
			if e := b.dir.remove(temp); e != nil && !missing(e) {
				err = errors.Join(err, e)
			}
		}
	}
	return err
}

func (d *Dir) rename(from, to string) error {
	if err := d.step("rename", to); err != nil {
		return err
	}
	return d.root.Rename(from, to)
}

func (d *Dir) remove(name string) error {
	if err := d.step("remove", name); err != nil {
		return err
	}
	return d.root.Remove(name)
}

// step lets a test stop at every change of the directory.
func (d *Dir) step(op, path string) error {
	if d.before == nil {
		return nil
	}
	if err := d.before(op, path); err != nil {
		return fmt.Errorf("%s %s: %w", op, path, err)
	}
	return nil
}
