package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"postil/deploy/doctor"
)

// Columns of the report.
const (
	stateWidth = 9
	checkWidth = 15
	textWidth  = 76
)

// stateWords are how states are printed; what is wrong must not be overlooked
// where there is no colour.
var stateWords = map[doctor.State]string{doctor.OK: "ok", doctor.Note: "note", doctor.Wrong: "WRONG", doctor.Unknown: "unknown"}

// stateColours are those of terminals (ECMA-48 §8.3.117).
var stateColours = map[doctor.State]string{doctor.OK: "32", doctor.Note: "33", doctor.Wrong: "1;31", doctor.Unknown: "35"}

// printFindings is for reading; colours are for terminals only.
func printFindings(w io.Writer, r *doctor.Report) error {
	var b strings.Builder
	file, isFile := w.(*os.File)
	coloured := isFile && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == ""
	for _, f := range r.Findings {
		state := fmt.Sprintf("%-*s", stateWidth, stateWords[f.State])
		if coloured {
			state = "\x1b[" + stateColours[f.State] + "m" + state + "\x1b[0m"
		}
		indent := strings.Repeat(" ", stateWidth+checkWidth)
		fmt.Fprintf(&b, "%s%-*s%s\n", state, checkWidth, f.Check, wrap(f.Text, indent))
		if f.Mend != "" {
			fmt.Fprintf(&b, "%s→ %s\n", indent, printable(f.Mend)) // in one line, to be copied
		}
	}
	if r.Seen && r.Well() {
		b.WriteString("\nAll is well.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap breaks a text between words; later lines begin with an indent.
func wrap(text, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Split(text, " ") {
		width := len([]rune(word))
		switch {
		case i == 0:
		case column+1+width > textWidth:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(printable(word))
		column += width
	}
	return b.String()
}

// printable keeps what a page says from commanding the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}
