package migrate

import (
	"context"
	"database/sql"
	"fmt"

	"postil/comments"
)

// maxIsso is the newest user_version of Isso's database that is known.
const maxIsso = 5

func issoFormat() *Format {
	return &Format{
		Name: "isso", Source: "isso", Describe: "a database of Isso (SQLite)", database: readIsso,
		looks: func(h *heading) bool {
			return h.hasTable("threads", "id", "uri") && h.hasTable("comments", "tid", "id", "parent", "created", "text", "mode")
		},
	}
}

// readIsso reads a database of user_version 0 to 5. Threads come first; what
// a version has not yet is selected as nothing.
func readIsso(ctx context.Context, db *sql.DB, name string, pass emit) {
	version, err := userVersion(ctx, db)
	if err == nil && version > maxIsso {
		err = fmt.Errorf("has version %d; versions up to %d are known here", version, maxIsso)
	}
	if err != nil {
		pass(Item{}, fmt.Errorf("%s: %w", name, err))
		return
	}
	threads := table{db: db, file: name, name: "threads", key: "id", columns: []string{"id", "uri"}}
	going := threads.read(ctx, pass, func(row cells) Item {
		return Item{Thread: Thread{Key: row.text("id"), Address: row.text("uri")}}
	})
	if !going {
		return
	}
	rows := table{db: db, file: name, name: "comments", key: "id", columns: []string{
		"id", "tid", "parent", "created", "modified", "mode", "text", "author", "email", "website", "likes", "dislikes",
	}}
	rows.read(ctx, pass, issoComment)
}

func issoComment(row cells) Item {
	created, edited := row.unix("created"), row.unix("modified")
	source, markup := language(row.raw("text"))
	item := Item{Thread: Thread{Key: row.text("tid")}, Comment: &comments.Record{
		Origin: comments.Origin{ID: row.text("id")}, Parent: row.text("parent"),
		Author: comments.Author{Name: unescaped(row.text("author")), Website: website(unescaped(row.text("website")))},
		Email:  row.text("email"), Source: source, Markup: markup,
		Created: created, Edited: edited, Votes: row.whole("likes") - row.whole("dislikes"),
	}}
	if item.Comment.Parent == "0" {
		item.Comment.Parent = ""
	}
	switch row.whole("mode") {
	case 1:
		item.Comment.Status = comments.Published
	case 2:
		item.Comment.Status = comments.Held
	default: // 4: deleted, but kept for its answers
		item.Skip = Deleted
	}
	return item
}
