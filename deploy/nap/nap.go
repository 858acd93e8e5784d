// Command nap assembles the sleeper for images that hold nothing else: what a
// container of someone else's waits with in a preStop hook where the cluster
// has no preStop.sleep. The program itself is nap-amd64.asm and nap-arm64.asm.
//
//	go run ./deploy/nap -o DIR     writes DIR/nap-amd64 and DIR/nap-arm64
//	go generate ./deploy/nap       writes the kustomize component that carries both
package main

import (
	"cmp"
	"embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:generate go run . -component ../kubernetes/components/nap/configmap.yaml

//go:embed nap-amd64.asm nap-arm64.asm
var sources embed.FS

// machine is a processor that nap is written for.
type machine struct {
	name   string // as Go and container images call it
	prefix string // of its binutils
}

// machines lists the processors; Debian's binutils and
// binutils-aarch64-linux-gnu assemble for them on either.
func machines() []machine {
	return []machine{{"amd64", "x86_64-linux-gnu-"}, {"arm64", "aarch64-linux-gnu-"}}
}

func main() {
	dir := flag.String("o", "", "write the two programs into this directory")
	component := flag.String("component", "", "write the ConfigMap that holds both to this file")
	flag.Parse()
	if *dir == "" && *component == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := build(*dir, *component); err != nil {
		fmt.Fprintln(os.Stderr, "nap:", err)
		os.Exit(1)
	}
}

func build(dir, component string) error {
	programs := map[string][]byte{}
	for _, m := range machines() {
		program, err := m.assemble()
		if err != nil {
			return err
		}
		programs["nap-"+m.name] = program
	}
	return errors.Join(writePrograms(dir, programs), writeComponent(component, programs))
}

func writePrograms(dir string, programs map[string][]byte) error {
	if dir == "" {
		return nil
	}
	var errs []error
	for name, program := range programs {
		errs = append(errs, os.WriteFile(filepath.Join(dir, name), program, 0o755))
	}
	return errors.Join(errs...)
}

// assemble turns a machine's source into the whole program.
func (m machine) assemble() ([]byte, error) {
	source, err := sources.ReadFile("nap-" + m.name + ".asm")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "nap-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in, object, out := filepath.Join(dir, "nap.s"), filepath.Join(dir, "nap.o"), filepath.Join(dir, "nap")
	if err := os.WriteFile(in, source, 0o600); err != nil {
		return nil, err
	}
	if err := m.tool("as", "-o", object, in); err != nil {
		return nil, err
	}
	if err := m.tool("objcopy", "-O", "binary", "-j", ".text", object, out); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// tool runs one of the machine's binutils.
func (m machine) tool(name string, args ...string) error {
	out, err := exec.Command(m.prefix+name, args...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w: install binutils for %s (Debian: binutils, binutils-aarch64-linux-gnu)", err, m.name)
	}
	if err != nil {
		return fmt.Errorf("%s%s: %w\n%s", m.prefix, name, err, cmp.Or(string(out), "it said nothing"))
	}
	return nil
}
