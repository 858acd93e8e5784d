package migrate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"postil/comments"
)

// maxEntry is the largest file of one comment, in bytes.
const maxEntry = 1 << 20

func staticmanFormat() *Format {
	return &Format{
		Name: "staticman", Source: "staticman", Describe: "a folder of comments of Staticman (YAML or JSON)", tree: readStaticman,
		looks: func(h *heading) bool { return h.folder && h.keys["comment"] },
	}
}

// treeHeading looks whether a folder has a file of a comment.
func treeHeading(name string, tree fs.FS) *heading {
	h := &heading{name: name, folder: true, keys: map[string]bool{}}
	_ = fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isEntry(file) {
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil || len(text) > maxEntry {
			return nil
		}
		if fields, err := parseEntry(file, text); err == nil && len(fields) > 0 && words(fields[0]) != "" {
			h.keys["comment"] = true
			return fs.SkipAll
		}
		return nil
	})
	return h
}

func isEntry(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".yml", ".yaml", ".json":
		return true
	}
	return false
}

// readStaticman reads a tree in which each file holds a comment, or a list of
// them. The folder of a file names the page; only a map can tell more.
func readStaticman(ctx context.Context, tree fs.FS, name string, pass emit) {
	err := fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() || !isEntry(file):
			return nil
		case !readEntries(tree, name, file, pass):
			return errStop
		}
		return nil
	})
	if err != nil && err != errStop {
		pass(Item{}, fmt.Errorf("%s: %w", name, err))
	}
}

func readEntries(tree fs.FS, name, file string, pass emit) bool {
	place := Place{File: path.Join(name, file)}
	text, err := fs.ReadFile(tree, file)
	if err == nil && len(text) > maxEntry {
		err = fmt.Errorf("is larger than %d bytes", maxEntry)
	}
	var entries []map[string]any
	if err == nil {
		entries, err = parseEntry(file, text)
	}
	if err != nil {
		return pass(Item{}, &Damage{place, err})
	}
	for i, fields := range entries {
		item := staticmanComment(fields, file)
		if item.Place = place; len(entries) > 1 {
			item.Place.Row = int64(i + 1)
		}
		if !pass(item, nil) {
			return false
		}
	}
	return true
}

// parseEntry reads one comment or a list. JSON is YAML but for its tabs.
func parseEntry(file string, text []byte) ([]map[string]any, error) {
	var v any
	var err error
	if strings.EqualFold(path.Ext(file), ".json") {
		err = json.Unmarshal(text, &v)
	} else {
		err = parseYAML(text, &v)
	}
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " "))
	}
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}, nil
	case []any:
		var list []map[string]any
		for _, one := range v {
			fields, ok := one.(map[string]any)
			if !ok {
				return nil, errors.New("is a list of something else than comments")
			}
			list = append(list, fields)
		}
		return list, nil
	}
	return nil, errors.New("holds no fields")
}

// maxFields is how many fields a mapping of a comment may have: YAML compares
// each with all others.
const maxFields = 1000

func parseYAML(text []byte, v *any) error {
	var tree yaml.Node
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return err
	}
	if !fewFields(&tree) {
		return fmt.Errorf("has a mapping of more than %d fields", maxFields)
	}
	return tree.Decode(v)
}

func fewFields(n *yaml.Node) bool {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxFields {
		return false
	}
	for _, child := range n.Content {
		if !fewFields(child) {
			return false
		}
	}
	return true
}

// field returns the first field of these names, which blogs choose as they
// like.
func field(fields map[string]any, names ...string) string {
	for _, name := range names {
		switch v := fields[name].(type) {
		case nil:
		case string:
			if v != "" {
				return v
			}
		case time.Time:
			return v.Format(time.RFC3339Nano)
		case float64:
			return cells{"": v}.text("")
		case map[string]any, []any:
		default:
			return fmt.Sprint(v)
		}
	}
	return ""
}

func words(fields map[string]any) string {
	return field(fields, "message", "comment", "body", "text", "content")
}

func staticmanComment(fields map[string]any, file string) Item {
	source, markup := language(words(fields))
	id := field(fields, "_id", "id", "uid", "uuid")
	if id == "" {
		id = strings.TrimSuffix(file, path.Ext(file))
	}
	folder := path.Dir(file)
	item := Item{Thread: Thread{Key: folder, Address: "/" + strings.TrimPrefix(folder, ".")}, Comment: &comments.Record{
		Origin: comments.Origin{ID: id}, Parent: field(fields, "replying_to_uid", "_parent", "parent", "parent_id", "reply_to", "replyTo"),
		Author: comments.Author{Name: field(fields, "name", "author", "nickname"), Website: website(field(fields, "url", "website", "link", "site"))},
		Email:  field(fields, "email", "mail"), Source: source, Markup: markup, Status: comments.Published,
		Created: parseTime(field(fields, "date", "_date", "created", "timestamp")),
	}}
	if at := field(fields, "permalink", "page_url", "path", "page"); at != "" {
		item.Thread = Thread{Key: at, Address: at}
	}
	if p := strings.Trim(item.Comment.Parent, "/"); p == folder || path.Base(p) == path.Base(folder) || p == "0" { // the page itself
		item.Comment.Parent = ""
	}
	if strings.Count(item.Comment.Email, "@") == 0 { // a hash of it
		item.Comment.Email = ""
	}
	return item
}
