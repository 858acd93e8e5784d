//go:build !linux

package feeds

import (
	"errors"
	"os"
)

// canSyncAll tells that each file must be synced.
const canSyncAll = false

func syncFileSystem(*os.File) error { return errors.ErrUnsupported }
