package feeds

import (
	"os"

	"golang.org/x/sys/unix"
)

// canSyncAll tells that syncFileSystem does what it says.
const canSyncAll = true

// syncFileSystem waits until everything on the file system that holds f is on
// disk (syncfs(2)); it tells of failed writes from Linux 5.8 on.
func syncFileSystem(f *os.File) error { return unix.Syncfs(int(f.Fd())) }
