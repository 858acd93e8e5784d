package feeds

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"postil/static"
)

// Names of the directory's own, which no page's directory has.
const (
	lockName   = ".postil-lock"
	cursorName = ".postil-cursor"
	tempDir    = ".tmp" // files that are being written; emptied when the directory is opened
)

// Suffixes of a file's compressed twins.
const (
	gzipSuffix   = ".gz"
	brotliSuffix = ".br"
)

// Dir is one output directory. Whatever happens, a process or a machine that
// stops at any moment included, each file in it is whole, and each twin holds
// the same as its file. All methods are safe for concurrent use; paths are
// relative, slash-separated, and never lead out.
type Dir struct {
	path  string
	root  *os.Root
	lock  *os.File // nil: read only
	cache *cache

	// swap guards the tree: whoever renames, removes or makes directories
	// holds it, and whoever reads a file with its twins read-holds it, to get
	// them of one version and to leave nothing older in the cache.
	swap sync.RWMutex
	made map[string]int // how often directories of sites were made; guarded by swap

	temps  atomic.Int64                // names given out in tempDir
	syncs  atomic.Int64                // files and directories synced, for tests
	before func(op, path string) error // nil, or a test that stops at a step
}

// OpenDir opens an output directory for publishing and makes it if it is
// missing. It stays locked until Close; a second OpenDir is refused with an
// error that is ErrLocked.
func OpenDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("output directory: %w", err)
	}
	d, err := ViewDir(path)
	if err != nil {
		return nil, err
	}
	if d.lock, err = lockDir(d.root); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.sweepTemps(); err != nil {
		return nil, errors.Join(fmt.Errorf("output directory: %w", err), d.Close())
	}
	return d, nil
}

// ViewDir opens an output directory that another process may be publishing
// into, for reading only.
func ViewDir(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("output directory: %w", err)
	}
	return &Dir{path: path, root: root, cache: newCache(cacheSize), made: map[string]int{}}, nil
}

// Close gives the directory back.
func (d *Dir) Close() error {
	err := d.root.Close()
	if d.lock != nil {
		err = errors.Join(err, unlockDir(d.lock))
	}
	return err
}

// sweepTemps removes what a process left that was stopped while it wrote.
func (d *Dir) sweepTemps() error {
	if err := d.root.RemoveAll(tempDir); err != nil {
		return err
	}
	return d.root.Mkdir(tempDir, 0o700)
}

// foldsCase reports whether names that differ in case only are one file here.
func (d *Dir) foldsCase() bool {
	_, err := d.root.Stat(".POSTIL-LOCK")
	return err == nil
}

// Cached returns a file if it is in memory, or nil.
func (d *Dir) Cached(path string) *static.File { return d.cache.get(path) }

// Get returns a file with its twins, from memory or from disk. Origins are
// those that may frame it. A file that is not there is an fs.ErrNotExist.
func (d *Dir) Get(path string, origins []string) (*static.File, error) {
	if f := d.cache.get(path); f != nil {
		return f, nil
	}
	d.swap.RLock()
	defer d.swap.RUnlock()
	f, err := d.load(path, origins)
	if err != nil {
		return nil, err
	}
	d.cache.put(path, f)
	return f, nil
}

func (d *Dir) load(path string, origins []string) (*static.File, error) {
	body, modified, err := d.read(path)
	if err != nil {
		return nil, err
	}
	f := &static.File{Body: body, ETag: etag(body), Type: mediaType(path), Policy: policy(path, origins)}
	f.Modified = modified.UTC().Truncate(time.Second)
	for suffix, twin := range map[string]*[]byte{gzipSuffix: &f.Gzip, brotliSuffix: &f.Brotli} {
		if *twin, _, err = d.read(path + suffix); err != nil && !missing(err) {
			return nil, err
		}
	}
	return f, nil
}

func (d *Dir) read(path string) (body []byte, modified time.Time, err error) {
	return read(d.root, path)
}

func read(root *os.Root, path string) (body []byte, modified time.Time, err error) {
	f, err := root.Open(path)
	if err != nil {
		return nil, modified, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, modified, err
	}
	if !info.Mode().IsRegular() {
		return nil, modified, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	}
	body = make([]byte, info.Size())
	_, err = io.ReadFull(f, body)
	return body, info.ModTime(), err
}

// missing reports that a path names no file: one is not there, or cannot be
// for its name.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}

// etag is a strong validator (RFC 9110 §8.8.3), the same on every machine that
// holds the same bytes.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// exists reports whether there is a file or directory.
func (d *Dir) exists(path string) bool {
	_, err := d.root.Stat(path)
	return err == nil
}

// births returns how often a site's directory was made, the next time included
// if it is not there: when it has been made more often than that, somebody
// has removed it.
func (d *Dir) births(dir string) int {
	d.swap.RLock()
	defer d.swap.RUnlock()
	if d.exists(dir) {
		return d.made[dir]
	}
	return d.made[dir] + 1
}

// list returns the names in a directory; a missing one has none.
func (d *Dir) list(dir string) ([]fs.DirEntry, error) {
	f, err := d.root.Open(dir)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// removeTree removes a directory and all below it. It is first taken out of
// the tree whole: a twin must not stay behind without its file.
func (d *Dir) removeTree(dir string) error {
	if !d.exists(dir) {
		return nil
	}
	temp := path.Join(tempDir, strconv.FormatInt(d.temps.Add(1), 10))
	d.swap.Lock()
	err := d.rename(dir, temp)
	d.cache.dropTree(dir)
	d.swap.Unlock()
	if err != nil {
		return err
	}
	return errors.Join(d.syncDirs(map[string]bool{path.Dir(dir): true}), d.root.RemoveAll(temp))
}
