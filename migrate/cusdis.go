package migrate

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"postil/comments"
)

func cusdisFormat() *Format {
	return &Format{
		Name: "cusdis", Source: "cusdis", Describe: "a database of Cusdis (SQLite)", database: readCusdis,
		looks: func(h *heading) bool {
			return h.hasTable("pages", "id", "slug", "projectid") && h.hasTable("comments", "id", "pageid", "content", "approved")
		},
	}
}

var (
	cusdisPages    = []string{"id", "slug", "url", "projectId"}
	cusdisComments = []string{"id", "pageId", "created_at", "deletedAt", "deleted_at", "by_email", "by_nickname", "content", "approved", "parentId"}
)

// readCusdis reads the database itself.
func readCusdis(ctx context.Context, db *sql.DB, name string, pass emit) {
	pages := table{db: db, file: name, name: "pages", key: "rowid", columns: cusdisPages}
	if pages.read(ctx, pass, cusdisPage) {
		all := table{db: db, file: name, name: "comments", key: "rowid", columns: cusdisComments}
		all.read(ctx, pass, cusdisComment)
	}
}

// cusdisPage takes a page's address, or what the blog named it by, which is
// often its path.
func cusdisPage(row cells) Item {
	return Item{Thread: Thread{Key: row.text("id"), Address: row.text("url"), Name: row.text("slug")}}
}

func cusdisComment(row cells) Item {
	source, markup := language(row.raw("content"))
	item := Item{Thread: Thread{Key: row.text("pageId")}, Comment: &comments.Record{
		Origin: comments.Origin{ID: row.text("id")}, Parent: row.text("parentId"),
		Author: comments.Author{Name: row.text("by_nickname")}, Email: row.text("by_email"),
		Source: source, Markup: markup, Status: comments.Published, Created: row.unix("created_at"),
	}}
	switch {
	case row.text("deletedAt") != "" || row.text("deleted_at") != "":
		item.Skip = Deleted
	case !truth(row.text("approved"), false):
		item.Comment.Status = comments.Held
	}
	return item
}

func cusdisDumpFormat() *Format {
	return &Format{
		Name: "cusdis", Source: "cusdis", Describe: "a dump of the tables of Cusdis (SQL or JSON)", text: readCusdisDump,
		looks: func(h *heading) bool {
			return !h.list && (h.has("comments.pageId") || h.has("pages.projectId")) || h.root == "" && h.keys == nil && looksLikeSQL(h.text)
		},
	}
}

// readCusdisDump reads the tables as JSON ({"pages": […], "comments": […]})
// or as SQL.
func readCusdisDump(_ context.Context, s *stream, pass emit) {
	head, _ := s.text.Peek(1 << 10)
	if !strings.HasPrefix(strings.TrimSpace(string(head)), "{") {
		readSQL(s, pass, map[string]func(cells) Item{"pages": cusdisPage, "comments": cusdisComment})
		return
	}
	of := func(item func(cells) Item) rowReader {
		return func(raw json.RawMessage, _ Place) (Item, error) {
			var values map[string]scalar
			if err := json.Unmarshal(raw, &values); err != nil {
				return Item{}, err
			}
			row := cells{}
			for name, value := range values {
				row[name] = value.String()
			}
			return item(row), nil
		}
	}
	walkJSON(s, pass, map[string]rowReader{"pages": of(cusdisPage), "comments": of(cusdisComment)})
}
