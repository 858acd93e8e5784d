package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxPasswordLine bounds what is read of the standard input, in bytes.
const maxPasswordLine = 4096

// readPassword asks for a password twice on a terminal, without showing it;
// elsewhere it reads the first line.
func readPassword(ctx context.Context, std *stdio) (string, error) {
	terminal, ok := std.in.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return readLine(std.in)
	}
	first, err := ask(ctx, std, terminal, "Password: ")
	if err != nil {
		return "", err
	}
	second, err := ask(ctx, std, terminal, "The same again: ")
	if err == nil && first != second {
		err = errors.New("the two passwords differ; nothing is changed")
	}
	return first, err
}

func readLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("the standard input has no password in its first line")
	}
	return line, nil
}

// ask shows a prompt and reads a line without echo. When ctx ends first, the
// terminal shows again what is typed.
func ask(ctx context.Context, std *stdio, terminal *os.File, prompt string) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	fmt.Fprint(std.err, prompt)
	defer fmt.Fprintln(std.err)
	go func() {
		text, err := term.ReadPassword(fd)
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return string(a.text), a.err
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}
