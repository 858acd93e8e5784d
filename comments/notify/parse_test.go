package notify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

func TestParseSMTP(t *testing.T) {
	t.Parallel()
	const from = "comments@blog.example"
	for address, want := range map[string]notify.Mail{
		"smtp://ann@mail.example:2525":  {Host: "mail.example", Port: 2525, User: "ann", Password: "pw", TLS: notify.StartTLS},
		"smtp://mail.example":           {Host: "mail.example", Port: 587, TLS: notify.StartTLS},
		"smtps://ann@mail.example":      {Host: "mail.example", Port: 465, User: "ann", Password: "pw", TLS: notify.TLS},
		"smtps://ann%40x@mail.example/": {Host: "mail.example", Port: 465, User: "ann@x", Password: "pw", TLS: notify.TLS},
		"smtp://localhost":              {Host: "localhost", Port: 25, TLS: notify.NoTLS},
		"smtp://127.0.0.1:2525":         {Host: "127.0.0.1", Port: 2525, TLS: notify.NoTLS},
		"smtp://[::1]:2525":             {Host: "::1", Port: 2525, TLS: notify.NoTLS},
		"smtps://localhost":             {Host: "localhost", Port: 465, TLS: notify.TLS},
	} {
		want.From, want.Timeout = from, time.Minute
		if got, err := notify.ParseSMTP(address, from, want.Password); err != nil || got != want {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	if got, err := notify.ParseSMTP("", "", ""); err != nil || got != (notify.Mail{}) {
		t.Errorf("nothing: %+v, %v", got, err)
	}
}

func TestParseSMTPNamesTheFault(t *testing.T) {
	t.Parallel()
	const from = "comments@blog.example"
	for _, c := range []struct{ address, from, password, field, part string }{
		{"mail.example:587", from, "", "smtp", "smtp://user@mail.example:587"},
		{"mail.example", from, "", "smtp", "write it as"},
		{"", from, "", "smtp", "write it as"},
		{"http://mail.example", from, "", "smtp", `begins with "http"`},
		{"smtp://ann:s3cret@mail.example", from, "", "smtp", "apart from the address"},
		{"smtp://an%n:s3cret@mail.example", from, "", "smtp", "no address"},
		{"smtp://mail.example/inbox", from, "", "smtp", "more than user, host and port"},
		{"smtp://mail.example:0", from, "", "smtp", "the port 0"},
		{"smtp://mail.example:70000", from, "", "smtp", "the port 70000"},
		{"smtp://mail.example", "", "", "from", "is missing"},
		{"smtp://mail.example", "nobody", "", "from", "no mail address"},
		{"smtp://mail.example", "a@b.example\r\nBcc: c@d.example", "", "from", "no mail address"},
		{"smtp://ann@mail.example", from, "", "password", "is missing"},
		{"smtp://mail.example", from, "s3cret", "smtp", "no user"},
	} {
		_, err := notify.ParseSMTP(c.address, c.from, c.password)
		e, ok := errors.AsType[*comments.Error](err)
		if !ok || e.Kind != comments.Invalid || e.Field != c.field || !strings.Contains(e.Text, c.part) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q %q: %v", c.address, c.from, err)
		}
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*notify.Config){
		"no base":       func(c *notify.Config) { c.Base = "" },
		"slash":         func(c *notify.Config) { c.Base += "/" },
		"short lease":   func(c *notify.Config) { c.Lease = time.Minute },
		"short lease 2": func(c *notify.Config) { c.Lease, c.Mail, c.Timeout = time.Minute, notify.Mail{}, time.Minute },
		"clear text":    func(c *notify.Config) { c.Mail.Host = "mail.example" },
		"mode":          func(c *notify.Config) { c.Mail.TLS = "ssl" },
		"sender":        func(c *notify.Config) { c.Mail.From = "" },
		"port":          func(c *notify.Config) { c.Mail.Port = 0 },
	} {
		c := config(nil, testKeys(t), notify.Mail{Host: "127.0.0.1", Port: 25, From: "a@b.example", TLS: notify.NoTLS})
		if _, err := notify.New(c); err != nil {
			t.Fatal(err)
		}
		change(&c)
		if _, err := notify.New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
