package migrate

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"postil/comments"
)

// postilExport writes JSON Lines: a header, then one object a line.
type postilExport struct {
	w     *bufio.Writer
	enc   *json.Encoder
	since time.Time
}

func newPostilExport(w io.Writer, since time.Time) *postilExport {
	buffered := bufio.NewWriter(w)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	return &postilExport{buffered, enc, since}
}

func (x *postilExport) begin() error {
	return x.enc.Encode(postilHeader{Format: postilName, Version: postilVersion, Since: x.since})
}

func (x *postilExport) site(s comments.Site) error {
	return x.enc.Encode(postilSite{Type: "site", Site: s.Host, Epoch: s.Epoch, Created: s.Created, Settings: s.Settings})
}

func (x *postilExport) thread(s comments.Site, t comments.ArchivedThread) error {
	return x.enc.Encode(postilThread{Type: "thread", Site: s.Host, Page: t.Page, Closed: t.Closed, Aliases: t.Aliases})
}

func (x *postilExport) comment(s comments.Site, t comments.ArchivedThread, c *comments.Imported) error {
	return x.enc.Encode(postilComment{
		Type: "comment", Site: s.Host, Page: t.Page, ID: c.ID, Parent: c.Parent, Number: c.Number, Status: c.Status,
		Name: c.Author.Name, Website: c.Author.Website, Badge: c.Author.Badge.String(), Owner: c.Author.Owner,
		Created: c.Created, Edited: c.Edited, Decided: c.Decided, By: c.By, Pinned: c.Pinned, Verdicts: c.Verdicts, Votes: c.Votes,
		Origin: c.Origin.Source, OriginID: c.Origin.ID,
		EditKey: hashText(c.EditKey), Idempotency: hashText(c.Idempotency), Fingerprint: hashText(c.Fingerprint),
		Markup: c.Markup, Source: c.Source, HTML: c.HTML.XHTML(),
	})
}

func (x *postilExport) end() error { return x.w.Flush() }
