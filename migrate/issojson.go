package migrate

import (
	"context"
	"encoding/json"
	"fmt"

	"postil/comments"
)

func issoJSONFormat() *Format {
	return &Format{
		Name: "isso-json", Source: "isso-json", Describe: "a file for generic import into Isso (JSON)", text: readIssoJSON,
		looks: func(h *heading) bool {
			return h.list && h.has("comments", "title") && (h.has("comments.text") || h.has("id"))
		},
	}
}

// readIssoJSON reads an array of threads, each with its comments. They know no
// answers. A thread is one row of the file, and is read whole.
func readIssoJSON(_ context.Context, s *stream, pass emit) {
	walkJSON(s, pass, map[string]rowReader{"": func(raw json.RawMessage, place Place) (Item, error) {
		var t struct {
			ID       scalar            `json:"id"`
			Comments []json.RawMessage `json:"comments"`
		}
		if err := json.Unmarshal(raw, &t); err != nil {
			return Item{}, err
		}
		thread := Thread{Key: t.ID.String(), Address: t.ID.String()}
		for _, c := range t.Comments {
			read := func(raw json.RawMessage, _ Place) (Item, error) { return issoJSONComment(raw, thread.Key) }
			if !passRow(read, c, place, pass) {
				return Item{}, errStop
			}
		}
		return Item{Thread: thread}, nil
	}})
}

func issoJSONComment(raw json.RawMessage, thread string) (Item, error) {
	var c struct {
		ID, Author, Email, Website, Created scalar
		Text                                string
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return Item{}, err
	}
	source, markup := language(c.Text)
	id := c.ID.String()
	if id != "" {
		id = fmt.Sprintf("%s %s", thread, id) // ids begin anew in each thread of some exporters
	}
	return Item{Thread: Thread{Key: thread}, Comment: &comments.Record{
		Origin: comments.Origin{ID: id}, Author: comments.Author{Name: c.Author.String(), Website: website(c.Website.String())},
		Email: c.Email.String(), Source: source, Markup: markup, Status: comments.Published, Created: parseTime(c.Created.String()),
	}}, nil
}
