package feeds

import (
	"errors"
	"io/fs"

	"golang.org/x/sync/errgroup"
)

func (b *batch) sync() error { return b.syncDirs(b.touched) }

// syncDirs waits until the entries of directories are on disk.
func (b *batch) syncDirs(dirs map[string]bool) error {
	if b.many && len(dirs) > 0 {
		return b.dir.syncAll()
	}
	return b.dir.syncDirs(dirs)
}

func (d *Dir) syncDirs(dirs map[string]bool) error {
	var group errgroup.Group
	group.SetLimit(maxSyncs)
	for dir := range dirs {
		group.Go(func() error { return d.syncDir(dir) })
	}
	return group.Wait()
}

// syncAll waits until everything that was written before is on disk.
func (d *Dir) syncAll() error {
	if err := d.step("sync", "."); err != nil {
		return err
	}
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	d.syncs.Add(1)
	return errors.Join(syncFileSystem(f), f.Close())
}

func (d *Dir) syncDir(dir string) error {
	if err := d.step("sync", dir); err != nil {
		return err
	}
	f, err := d.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was pruned since, and its parent is synced by whoever did it
	}
	if err != nil {
		return err
	}
	d.syncs.Add(1)
	return errors.Join(f.Sync(), f.Close())
}
