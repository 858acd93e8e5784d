package feeds

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"time"

	"postil/comments"
	"postil/static"
)

// maxReplies is how many feeds of answers one page may have on disk. Any
// further ones are rendered whenever they are asked for.
const maxReplies = 50

// kin collects comments whose feed of answers a change may touch: the one that
// changed, and the one that it answers.
type kin map[comments.ID]bool

// add takes in the comments of a document that have one of these Numbers.
func (k kin) add(all []comments.Comment, items map[int64]bool) {
	for i := range all {
		if c := &all[i]; items[c.Number] {
			k[c.ID] = true
			if !c.Parent.IsZero() {
				k[c.Parent] = true
			}
		}
	}
}

// writeReplies brings the feeds of answers to some comments of a page to what
// the database says now.
func (p *Publisher) writeReplies(ctx context.Context, v view, thread comments.Thread, ids []comments.ID, twins bool) error {
	for few := range slices.Chunk(ids, docsAtOnce) {
		var writes []Write
		var removals []string
		for _, id := range few {
			w, err := p.renderReplies(ctx, v.site, thread, id, twins)
			switch {
			case err == nil:
				writes = append(writes, w)
			case comments.KindOf(err) == comments.NotFound:
				removals = append(removals, w.Path)
			default:
				return err
			}
		}
		if err := p.Dir.Put(writes, removals); err != nil {
			return err
		}
	}
	return nil
}

// repliesOf returns those among some comments that have a feed of answers in a
// directory. Looking for them takes as long on a page of a hundred comments as
// on one of a hundred thousand, whose directory is long.
func (p *Publisher) repliesOf(dir string, some kin) []comments.ID {
	return slices.DeleteFunc(slices.Collect(maps.Keys(some)), func(id comments.ID) bool {
		return !p.Dir.exists(dir + "/" + Document{Replies: id}.Name())
	})
}

func (p *Publisher) allReplies(dir string) ([]comments.ID, error) {
	there, err := p.Dir.list(dir)
	return repliesAmong(there), err
}

// repliesAmong returns the comments that have a feed of answers among files.
func repliesAmong(files []fs.DirEntry) []comments.ID {
	var ids []comments.ID
	for _, f := range files {
		if d, ok := parseDocument(untwinned(f.Name())); ok && !d.Replies.IsZero() {
			ids = append(ids, d.Replies)
		}
	}
	return comments.UniqueIDs(ids)
}

// renderReplies renders the feed of the answers to a comment. The path is
// right even if there is none, which is an error of kind NotFound.
func (p *Publisher) renderReplies(ctx context.Context, site comments.Site, thread comments.Thread, id comments.ID, twins bool) (Write, error) {
	doc := Document{Replies: id}
	w := Write{Path: Path(site.Host, thread.Page, doc)}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	parent, err := p.Source.Find(ctx, id)
	if err == nil {
		err = fosters(&parent, site, thread.Page)
	}
	if err != nil {
		return w, err
	}
	answers, err := p.Source.Answers(ctx, site.Host, thread.Page, id, repliesLimit)
	if err != nil {
		return w, err
	}
	answers = slices.DeleteFunc(answers, func(c comments.Comment) bool { return c.Number < parent.Number }) // as in link
	body, err := p.render.replies(site, thread.Closed || closed(site), &parent, answers)
	if err == nil {
		w.File = newFile(doc.Name(), site.Settings.Origins, body, twins, time.Now())
	}
	return w, err
}

// repliesOnRequest renders a feed of answers that has no file, and writes it
// if the page has room for it: from then on it is kept like any other.
func (p *Publisher) repliesOnRequest(ctx context.Context, v view, thread comments.Thread, doc Document) (*static.File, error) {
	w, err := p.renderReplies(ctx, v.site, thread, doc.Replies, true)
	if err != nil && comments.KindOf(err) != comments.NotFound {
		return nil, unavailable(err)
	}
	if err != nil {
		return nil, err
	}
	if others, err := p.allReplies(pageDir(v.site.Host, thread.Page)); err == nil && len(others) < maxReplies {
		p.note(v, thread.Page)
		p.putOnRequest([]Write{w})
	}
	return w.File, nil
}

// pageOf returns the page of the comment that a document is about, where the
// path alone does not tell it.
func (p *Publisher) pageOf(ctx context.Context, host string, doc Document, path string) (comments.Page, error) {
	if doc.Replies.IsZero() {
		return "", notFound()
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	c, err := p.Source.Find(ctx, doc.Replies)
	if err == nil && (c.Site != host || Path(host, c.Page, doc) != path) {
		err = notFound()
	}
	return c.Page, err
}
