package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// model is the command line as the program reads it.
func model(t *testing.T) *kong.Kong {
	t.Helper()
	var c cli
	parser, err := newParser(&c, nil, kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// commands returns the paths of all commands, groups of them included.
func commands(n *kong.Node, path []string) (all [][]string) {
	for _, child := range n.Children {
		if child.Type == kong.CommandNode {
			there := append(path[:len(path):len(path)], child.Name)
			all = append(append(all, there), commands(child, there)...)
		}
	}
	return all
}

// TestEveryCommandHelps asks each command for its help: it says what it does,
// and what each flag and argument means.
func TestEveryCommandHelps(t *testing.T) {
	t.Parallel()
	all := commands(model(t).Model.Node, nil)
	if len(all) < 40 {
		t.Fatalf("there are %d commands only: %v", len(all), all)
	}
	for _, path := range all {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), append(append([]string{"postil"}, path...), "--help"), nil, strings.NewReader(""), &out, &errOut); code != 0 || errOut.Len() > 0 {
			t.Errorf("%v --help ends with %d and says %s", path, code, &errOut)
		}
		if !strings.Contains(out.String(), "Usage: postil "+strings.Join(path, " ")) {
			t.Errorf("%v --help says:\n%s", path, &out)
		}
	}
}

func TestHelpSaysWhatHoldsWithoutAFlag(t *testing.T) {
	t.Parallel()
	for command, wanted := range map[string][]string{
		"serve": {"Default: ./postil-data.", "Default: 127.0.0.1:8080.", "Default: 10s.", "0 = not at all. Default: 30s.", `--log-format="text"`},
		"hold":  {"are done. Default: 30s."},
		"gate":  {"Default: 127.0.0.1:8079.", "Default: 5m.", "Default: closed."},
	} {
		var out, errOut bytes.Buffer
		run(t.Context(), []string{"postil", command, "--help"}, nil, strings.NewReader(""), &out, &errOut)
		text := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%s --help: want %q in:\n%s", command, want, &out)
			}
		}
		if strings.Contains(text, "Default: 0") {
			t.Errorf("%s --help tells that nothing is the default:\n%s", command, &out)
		}
	}
}

func TestEveryFlagAndCommandIsExplained(t *testing.T) {
	t.Parallel()
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		if n.Type == kong.CommandNode && !strings.HasSuffix(n.Help, ".") {
			t.Errorf("%s: its help is no sentence: %q", n.FullPath(), n.Help)
		}
		for _, f := range n.Flags {
			if len(f.Help) < 10 {
				t.Errorf("%s --%s: %q helps nobody", n.FullPath(), f.Name, f.Help)
			}
		}
		for _, a := range n.Positional {
			if len(a.Help) < 10 {
				t.Errorf("%s %s: %q helps nobody", n.FullPath(), a.Name, a.Help)
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(model(t).Model.Node)
}

// documented finds commands in running text and in code of Markdown.
var documented = regexp.MustCompile("(?m)^ {4,}(?:\\w+=\\S+ )*(postil [a-z].*)$|`(postil [a-z][^`]*)`")

// TestDocumentedCommandsAreUnderstood reads every command of the documents as
// the program would. Those that stand for several, with | or …, are left out,
// and so are options in brackets.
func TestDocumentedCommandsAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]int{"README.md": 12, "SECURITY.md": 2, "CHANGELOG.md": 2, "deploy/systemd/README.md": 5} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, m := range documented.FindAllStringSubmatch(string(text), -1) {
			line := m[1] + m[2]
			if strings.ContainsAny(line, "|…[") {
				continue
			}
			found++
			if err := understood(t, line); err != nil {
				t.Errorf("%s: %s: %v", name, line, err)
			}
		}
		if found < least {
			t.Errorf("%s: found %d commands only", name, found)
		}
	}
}

// understood parses a command line. One that names a group of commands, or
// leaves out arguments, mentions a command and is no example.
func understood(t *testing.T, line string) error {
	_, err := model(t).Parse(strings.Fields(line)[1:])
	if err != nil && !strings.Contains(err.Error(), "expected ") {
		return err
	}
	return nil
}
