package feeds

import (
	"context"
	"time"

	"postil/comments"
)

// followEvery is the pause between two looks at another process's cursor.
const followEvery = 20 * time.Millisecond

// Base returns the public address of the service that last published into
// the directory, or "" if none has.
func (d *Dir) Base() (string, error) {
	c, err := d.readCursor()
	return c.Base, err
}

// Await waits until the process that publishes into the directory has written
// a change of a site, as that process notes it in the directory.
func (d *Dir) Await(ctx context.Context, host string, epoch comments.ID, change int64) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		c, err := d.readCursor()
		if err != nil {
			return err
		}
		if at, ok := c.Sites[host]; ok && at.Epoch == epoch && at.Change >= change {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
