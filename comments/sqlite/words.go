package sqlite

import (
	"context"

	"postil/comments"
)

// words is all of a comment that its author can have erased. See the table of
// that name for how it is kept.
type words struct {
	name, website, source string
	html                  comments.HTML
}

func wordsOf(c *comments.Comment) words {
	return words{c.Author.Name, c.Author.Website, c.Source, c.HTML}
}

// appendWords returns the id of new words, or nil for none.
func appendWords(ctx context.Context, t *tx, w words) (id any, err error) {
	if w == (words{}) {
		return nil, nil
	}
	result, err := t.exec(ctx, `INSERT INTO words (name, website, source, html) VALUES (?, ?, ?, ?)`,
		w.name, w.website, w.source, w.html)
	if err != nil {
		return nil, err
	}
	return result.LastInsertId()
}

// blankWords overwrites words by as many zeros, for then SQLite writes them
// to the same place.
const blankWords = `
UPDATE words SET
	name    = substr(hex(zeroblob(octet_length(name))), 1, octet_length(name)),
	website = substr(hex(zeroblob(octet_length(website))), 1, octet_length(website)),
	source  = substr(hex(zeroblob(octet_length(source))), 1, octet_length(source)),
	html    = substr(hex(zeroblob(octet_length(html))), 1, octet_length(html))
`

// reword puts the words of after in the place of those of before, and returns
// their id.
func reword(ctx context.Context, t *tx, before placed, after *comments.Comment) (id any, err error) {
	if wordsOf(&before.Comment) == wordsOf(after) {
		return before.words, nil
	}
	if _, err := t.exec(ctx, blankWords+`WHERE id = ?`, before.words); err != nil {
		return nil, err
	}
	return appendWords(ctx, t, wordsOf(after))
}
