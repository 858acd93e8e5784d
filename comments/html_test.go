package comments_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestOnlyMarkupAndTheStoresMakeHTML walks the sources of the whole program:
// a conversion to comments.HTML, or a pointer to a field of that type,
// declares text to be safe.
func TestOnlyMarkupAndTheStoresMakeHTML(t *testing.T) {
	t.Parallel()
	makers := []string{"comments/markup", "comments/postgres", "comments/sqlite", "comments/storetest"} // the last one is test code
	found := map[string]bool{}
	for _, file := range sources(t, "..") {
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, filepath.Join("..", file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.ToSlash(filepath.Dir(file))
		for _, at := range makesHTML(parsed, folder == "comments") {
			found[folder] = true
			if !slices.Contains(makers, folder) {
				t.Errorf("%s makes comments.HTML; only %v may", set.Position(at), makers)
			}
		}
	}
	if !found["comments/markup"] {
		t.Error("no conversion found in comments/markup: this test looks in the wrong place")
	}
}

// sources lists the Go files under root that go into the program.
func sources(t *testing.T, root string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			path, err = filepath.Rel(root, path)
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// makesHTML returns where a file converts something to comments.HTML.
func makesHTML(file *ast.File, inDomain bool) (at []token.Pos) {
	local := ""
	for _, spec := range file.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path == "postil/comments" {
			local = "comments"
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	isHTML := func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			x, ok := e.X.(*ast.Ident)
			return ok && local != "" && x.Name == local && e.Sel.Name == "HTML"
		case *ast.Ident:
			return inDomain && e.Name == "HTML"
		}
		return false
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if isHTML(n.Fun) {
				at = append(at, n.Pos())
			}
		case *ast.UnaryExpr:
			if field, ok := n.X.(*ast.SelectorExpr); ok && n.Op == token.AND && field.Sel.Name == "HTML" {
				at = append(at, n.Pos())
			}
		}
		return true
	})
	return at
}

func TestConversionsToHTMLAreSeen(t *testing.T) {
	t.Parallel()
	const source = `package x
import c "postil/comments"
var a, b, d, e = c.HTML("x"), (c.HTML)("x"), (*string)(&comment.HTML), string(comment.HTML)`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(makesHTML(file, false)); got != 3 {
		t.Errorf("%d of 3 conversions seen", got)
	}
}
