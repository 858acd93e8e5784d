package feeds

import (
	"errors"
	"fmt"
	"path"
	"strings"

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
	b := d.begin(count(writes) >= manyFiles)
	err := b.add(writes)
	if err == nil {
		err = b.commit(removals)
	}
	return errors.Join(err, b.discard())
}

// batch is one Put under way, to which files can be added one after the other:
// only their paths are held in memory until all are committed.
type batch struct {
	dir      *Dir
	many     bool    // the file system is synced as a whole
	here     visit   // where the files belong
	temps    *folder // where they stand first; nil while there are none
	tempPath string
	staged   []staged
	removals []string
	touched  map[string]bool // directories to be synced
}

// begin begins to write few files or many, which the caller adds and commits.
// In any case it discards the batch at last.
func (d *Dir) begin(many bool) *batch {
	return &batch{dir: d, many: many && canSyncAll, here: visit{dir: d}, touched: map[string]bool{}}
}

// commit makes all files that were added the ones that everyone sees, removes
// others, and returns when that is on disk.
func (b *batch) commit(removals []string) error {
	b.removals = removals
	for _, step := range []func() error{b.syncTemps, b.dropTwins, b.replace, b.sync} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// staged is a file that stands under a temporary name.
type staged struct {
	path  string
	temps map[string]string // by suffix; "" is the file itself
}

// suffixes are those of a file and its twins, in the order of their renaming.
var suffixes = [...]string{"", gzipSuffix, brotliSuffix}

// dropTwins removes the twins that the next step would make stale. Whoever
// loads a file meanwhile gets it with its own twins or without.
func (b *batch) dropTwins() error {
	dropped := map[string]bool{}
	for _, p := range b.paths() {
		if strings.HasSuffix(p, "/") {
			continue
		}
		dir := path.Dir(p)
		there, err := b.here.open(dir)
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		for _, suffix := range suffixes[1:] {
			switch err := b.dir.removeFrom(there, p+suffix); {
			case err == nil:
				dropped[dir] = true
			case !missing(err):
				return err
			}
		}
	}
	b.here.leave()
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
	defer b.here.leave()
	for _, s := range b.staged {
		if err := b.replaceOne(s); err != nil {
			return err
		}
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

// replaceOne makes a file and its twins stand where they belong.
func (b *batch) replaceOne(s staged) error {
	dir := path.Dir(s.path)
	to, err := b.openOrMake(dir)
	if err != nil {
		return err
	}
	b.touched[dir] = true
	for _, suffix := range suffixes {
		temp, ok := s.temps[suffix]
		if !ok {
			continue
		}
		if err := b.dir.step("rename", s.path+suffix); err != nil {
			return err
		}
		if err := b.temps.move(temp, to, path.Base(s.path)+suffix); err != nil {
			return err
		}
		delete(s.temps, suffix)
	}
	return nil
}

// openOrMake opens a directory, and makes it if it is missing.
func (b *batch) openOrMake(dir string) (*folder, error) {
	f, err := b.here.open(dir)
	if !missing(err) {
		return f, err
	}
	b.here.leave()
	if err := b.makeDir(dir); err != nil {
		return nil, err
	}
	return b.here.open(dir)
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

// removeFrom removes what has a path, whose directory is open.
func (d *Dir) removeFrom(f *folder, name string) error {
	if err := d.step("remove", name); err != nil {
		return err
	}
	return f.root.Remove(path.Base(name))
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
