package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// keyInWords finds the key that a comment's words hold.
var keyInWords = regexp.MustCompile(`"source":"[^"]*(key-\d{6}-\d{6})`)

// exported reads what postil has stored, by its own export.
func (b *bench) exported(where ...string) func() (map[string]int, error) {
	return func() (map[string]int, error) {
		file := filepath.Join(b.dir, "export")
		c, err := launch(filepath.Join(b.dir, "export.log"), exec.Command(b.program, append([]string{"export", "--format", "postil", "--output", file}, where...)...))
		if err == nil {
			err = c.wait()
		}
		if err != nil {
			text, _ := os.ReadFile(filepath.Join(b.dir, "export.log"))
			return nil, fmt.Errorf("export: %w\n%s", err, text)
		}
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		defer os.Remove(file)
		return tallyKeys(f, nil)
	}
}

// tallyKeys counts comments by their keys, one comment a line.
func tallyKeys(lines io.Reader, err error) (map[string]int, error) {
	if err != nil {
		return nil, err
	}
	stored := map[string]int{}
	s := bufio.NewScanner(lines)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if found := keyInWords.FindSubmatch(s.Bytes()); found != nil {
			stored[string(found[1])]++
		}
	}
	if s.Err() == nil && len(stored) == 0 {
		return nil, errors.New("nothing is stored; the measurement is none")
	}
	return stored, s.Err()
}
