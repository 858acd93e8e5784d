package feeds

import (
	"bytes"
	"errors"
	"os"
	"path"
	"strconv"

	"golang.org/x/sync/errgroup"

	"postil/static"
)

// count returns how many files there are, twins included.
func count(writes []Write) (files int) {
	for _, w := range writes {
		files += len(parts(w.File))
	}
	return files
}

// add writes what differs from what is there, under other names. Unless there
// are many, it is on disk then.
func (b *batch) add(writes []Write) error {
	if b.dir.lock == nil {
		return errors.New("the output directory was opened for reading only")
	}
	defer b.here.leave()
	bodies := map[string][]byte{} // by temporary name
	for _, w := range writes {
		there, err := b.here.open(path.Dir(w.Path))
		if err != nil && !missing(err) {
			return err
		}
		todo := differing(there, w)
		if todo == nil {
			continue
		}
		s := staged{w.Path, map[string]string{}}
		for suffix, body := range todo {
			temp := strconv.FormatInt(b.dir.temps.Add(1), 10)
			s.temps[suffix] = temp
			bodies[temp] = body
		}
		b.staged = append(b.staged, s)
	}
	if len(bodies) == 0 {
		return nil
	}
	return b.write(bodies)
}

// openTemps opens the directory of temporary files, which may have been
// removed by whoever emptied this one. Many files get one of their own: in a
// directory that others write to, each would wait for theirs.
func (b *batch) openTemps() error {
	if b.temps != nil {
		return nil
	}
	b.tempPath = tempDir
	if b.many {
		b.tempPath = path.Join(tempDir, strconv.FormatInt(b.dir.temps.Add(1), 10))
	}
	err := b.dir.root.MkdirAll(b.tempPath, 0o700)
	if err == nil {
		b.temps, err = b.dir.openFolder(b.tempPath)
	}
	return err
}

// write makes temporary files.
func (b *batch) write(bodies map[string][]byte) error {
	if err := b.openTemps(); err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(maxSyncs)
	if b.many {
		group.SetLimit(1) // nothing waits for the disk
	}
	for temp, body := range bodies {
		group.Go(func() error { return b.writeOne(temp, body) })
	}
	return group.Wait()
}

// writeOne makes a temporary file. It is on disk then, unless there are many.
func (b *batch) writeOne(temp string, body []byte) error {
	if err := b.dir.step("write", path.Join(b.tempPath, temp)); err != nil {
		return err
	}
	f, err := b.temps.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil && !b.many {
		err = f.Sync()
		b.dir.syncs.Add(1)
	}
	return errors.Join(err, f.Close())
}

// syncTemps waits until all temporary files are on disk.
func (b *batch) syncTemps() error {
	if !b.many || len(b.staged) == 0 {
		return nil // each was synced when it was written
	}
	return b.dir.syncAll()
}

// discard removes temporary files that were not used.
func (b *batch) discard() (err error) {
	if b.temps == nil {
		return nil
	}
	for _, s := range b.staged {
		for _, temp := range s.temps {
			if e := b.dir.removeFrom(b.temps, temp); e != nil && !missing(e) {
				err = errors.Join(err, e)
			}
		}
	}
	if err == nil && b.many {
		if e := b.dir.remove(b.tempPath); !missing(e) {
			err = e
		}
	}
	return errors.Join(err, b.temps.close())
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

// differing returns what must be written of a file into its directory, or nil
// for a directory that is missing: nothing if the file and its twins stand
// there as they should, and the twins alone if the file does. The twins that a
// file has are of its words, so one without any yet has nothing to take away.
func differing(there *folder, w Write) map[string][]byte {
	want := parts(w.File)
	if there == nil {
		return want
	}
	same := map[string]bool{}
	for _, suffix := range suffixes {
		body, wanted := want[suffix]
		holds, err := there.holds(path.Base(w.Path)+suffix, body)
		same[suffix] = wanted && holds || !wanted && missing(err)
	}
	switch {
	case same[""] && (w.File.Plain || same[gzipSuffix] && same[brotliSuffix]):
		return nil
	case same[""]:
		delete(want, "")
	}
	return want
}

// holds reports whether a file says exactly this.
func (f *folder) holds(name string, body []byte) (bool, error) {
	info, err := f.root.Lstat(name)
	if err != nil || info.Size() != int64(len(body)) {
		return false, err
	}
	have, _, err := read(f.root, name)
	return err == nil && bytes.Equal(body, have), err
}
