package feeds

import (
	"errors"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// folder is a directory that is kept open: all else in it is reached by its
// name alone, and not by walking down from the output directory each time.
type folder struct {
	root *os.Root
	file *os.File // the same, for renaming into another
}

func (d *Dir) openFolder(path string) (*folder, error) {
	root, err := d.root.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	file, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &folder{root, file}, nil
}

func (f *folder) close() error { return errors.Join(f.file.Close(), f.root.Close()) }

// move renames a file of one folder into another, whether there is one of that
// name or not.
func (f *folder) move(name string, to *folder, as string) error {
	for {
		err := unix.Renameat(int(f.file.Fd()), name, int(to.file.Fd()), as)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return &os.LinkError{Op: "rename", Old: path.Join(f.file.Name(), name), New: path.Join(to.file.Name(), as), Err: err}
		}
	}
}

// visit opens one folder after the other, and keeps the last one open: files
// that are written together mostly stand together.
type visit struct {
	dir    *Dir
	path   string
	folder *folder
	err    error // of opening path
}

// open returns the folder at a path; it stays open until the next one is, or
// leave is called.
func (v *visit) open(path string) (*folder, error) {
	if v.path != path {
		v.leave()
		v.path = path
		v.folder, v.err = v.dir.openFolder(path)
	}
	return v.folder, v.err
}

func (v *visit) leave() {
	if v.folder != nil {
		_ = v.folder.close() // nothing was written to it
	}
	*v = visit{dir: v.dir}
}
