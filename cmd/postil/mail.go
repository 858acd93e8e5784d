package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"postil/comments"
	"postil/comments/notify"
)

// mailFlags say how mail leaves.
type mailFlags struct {
	SMTP             string `help:"Server that takes mail for moderators and for authors who ask for answers: smtp://user@mail.example:587 (STARTTLS) or smtps://user@mail.example (TLS). Only a server on this machine may do without: smtp://localhost. Empty: no mail." name:"smtp" placeholder:"URL"`
	SMTPPasswordFile string `help:"File with the password of that user, which stands neither in --smtp nor on the command line." name:"smtp-password-file" placeholder:"FILE"`
	MailFrom         string `help:"Sender of all mail: comments@blog.example, or \"Blog <comments@blog.example>\"." placeholder:"ADDRESS"`
}

// maxPassword bounds a password file, in bytes.
const maxPassword = 4096

// mail understands the flags; the error names the one that is wrong.
func (f *mailFlags) mail() (notify.Mail, error) {
	if f.SMTP == "" {
		if f.MailFrom != "" || f.SMTPPasswordFile != "" {
			return notify.Mail{}, errors.New("--smtp: is missing; --mail-from and --smtp-password-file mean nothing without it")
		}
		return notify.Mail{}, nil
	}
	if f.MailFrom == "" {
		return notify.Mail{}, errors.New("--mail-from: is missing; mail needs a sender, such as comments@blog.example")
	}
	password, err := readPasswordFile(f.SMTPPasswordFile)
	if err != nil {
		return notify.Mail{}, fmt.Errorf("--smtp-password-file: %w", err)
	}
	m, err := notify.ParseSMTP(f.SMTP, f.MailFrom, password)
	if fault, ok := errors.AsType[*comments.Error](err); ok {
		return m, fmt.Errorf("--%s: %s", mailFlag(fault.Field), fault.Text)
	}
	return m, err
}

// mailFlag is the flag behind a field of [notify.ParseSMTP].
func mailFlag(field string) string {
	switch field {
	case "from":
		return "mail-from"
	case "password":
		return "smtp-password-file"
	default:
		return "smtp"
	}
}

// readPasswordFile returns the first line of a file; no file is no password.
func readPasswordFile(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if info.Size() > maxPassword {
		return "", fmt.Errorf("%s has %d bytes; a password has one line", name, info.Size())
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	password, _, _ := strings.Cut(string(text), "\n")
	if password = strings.TrimRight(password, "\r"); password == "" {
		return "", fmt.Errorf("%s has no password in its first line", name)
	}
	return password, nil
}
