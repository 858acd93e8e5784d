package feeds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"postil/comments"
	"postil/static"
)

// cursor is how far a directory follows the database, as it is kept in the
// directory itself: an empty directory has none and is built anew, and
// replicas with their own directories each follow along.
type cursor struct {
	Base  string              `json:"base"`  // Config.Base of who wrote it
	Sites map[string]position `json:"sites"` // by host; those whose files are being built anew are left out
}

// position is the state of one site's files.
type position struct {
	Epoch  comments.ID `json:"epoch"`
	Format string      `json:"format"` // how the files are made; see [renderer.fingerprint]
	Change int64       `json:"change"` // the files show every change up to this one
	// Origins let files be served before the database was ever reached.
	Origins []string `json:"origins"`
}

// readCursor returns the directory's cursor, or an empty one where it is
// missing or not readable: building anew mends both.
func (d *Dir) readCursor() (cursor, error) {
	var c cursor
	body, _, err := d.read(cursorName)
	if err != nil && !missing(err) {
		return c, fmt.Errorf("read the cursor: %w", err)
	}
	if json.Unmarshal(body, &c) != nil || c.Sites == nil {
		return cursor{Sites: map[string]position{}}, nil
	}
	return c, nil
}

// save writes how far the files follow the database. It promises nothing that
// is not on disk: what is being written still holds its site's position back.
func (p *Publisher) save() {
	p.saving.Lock()
	defer p.saving.Unlock()
	body, err := p.position()
	if err == nil && (!bytes.Equal(body, p.saved) || !p.Dir.exists(cursorName)) {
		err = p.Dir.Put([]Write{{cursorName, &static.File{Body: body}}}, nil)
	}
	if err != nil {
		p.Log.Error("the cursor was not saved; after a restart some files are written once more", "err", err)
		return
	}
	p.saved = body
}

// saveSometimes saves unless that was done a moment ago.
func (p *Publisher) saveSometimes() {
	p.mu.Lock()
	due := time.Since(p.lastSave) > saveEvery
	p.mu.Unlock()
	if due {
		p.save()
	}
}

// position returns the cursor file.
func (p *Publisher) position() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastSave = time.Now()
	if p.scanned == 0 {
		return json.MarshalIndent(p.former, "", " ")
	}
	c := cursor{Base: p.Base, Sites: map[string]position{}}
	for host, s := range p.sites {
		if !s.rebuilding() {
			c.Sites[host] = position{s.site.Epoch, s.format, s.done(), s.site.Settings.Origins}
		}
	}
	return json.MarshalIndent(c, "", " ")
}
