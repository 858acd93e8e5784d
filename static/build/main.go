// Command build compiles the script and the style sheet into static/dist, with
// compressed twins. It runs by "go generate ./static" from that folder; its
// output is committed, so that nobody needs it to build the program.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() { os.Exit(run(".")) }

// run builds from and into the folder static and returns the exit code.
func run(static string) int {
	built, err := bundle(static)
	if err == nil {
		err = write(filepath.Join(static, "dist"), built)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		return 1
	}
	return 0
}

func write(dir string, files map[string][]byte) error {
	for name, body := range files {
		twins, err := twins(body)
		if err != nil {
			return err
		}
		for suffix, twin := range twins {
			if err := os.WriteFile(filepath.Join(dir, name+suffix), twin, 0o644); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return err
		}
	}
	return nil
}
