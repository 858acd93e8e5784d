package notify_test

import (
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

const mod = "mod@mods.example"

// waiting is a world in which one mail is due.
func waiting(t *testing.T, change ...func(*notify.Config)) *world {
	t.Helper()
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"), change...)
	w.moderator("mod", comments.MailEach)
	w.post("HOLD this", nil)
	return w
}

// impatient gives up soon on a server that hangs, though not on one that is
// merely slow because the machine is busy.
func impatient(c *notify.Config) {
	c.Mail.Timeout = 3 * time.Second
}

func TestARefusedRecipientIsGivenUpAtOnce(t *testing.T) {
	for deed, reason := range map[misdeed]string{
		refuses: "the mail server answers 550 5.1.1 to the recipient",
		rejects: "the mail server answers 554 5.6.0",
	} {
		t.Run(reason, func(t *testing.T) {
			w := waiting(t)
			w.sink.plan(mod, deed)
			w.flush()
			if d := w.only(comments.Dead); d.Error != reason || d.Unsure || d.Tries != 1 {
				t.Errorf("%+v", d)
			}
			if n, err := w.store.Revive(t.Context(), blog, []comments.ID{w.only(comments.Dead).ID}, w.time()); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			w.flush()
			w.empty()
			if m := w.sink.one(mod); m.header.Get("X-Postil-Uncertain") != "" {
				t.Error("a mail that had not been taken is marked as uncertain")
			}
		})
	}
}

func TestWhatWasNotTakenIsSentAgainUnmarked(t *testing.T) {
	for deed, reason := range map[misdeed]string{
		defers:    "the mail server answers 451 4.7.1 to the recipient",
		closes:    "the mail server answers 421 4.3.2 to the recipient",
		breaksOff: "the mail server: it broke the connection off",
	} {
		t.Run(reason, func(t *testing.T) {
			w := waiting(t)
			w.sink.plan(mod, deed)
			w.flush()
			d := w.only(comments.Waiting)
			if d.Error != reason || d.Unsure || d.Tries != 1 || d.Due.Before(w.time().Add(20*time.Second)) || d.Due.After(w.time().Add(time.Minute)) {
				t.Errorf("at %v: %+v", w.time(), d)
			}
			w.flush()
			if w.sink.count() > 0 {
				t.Error("it was tried again before its time")
			}
			w.pass(time.Minute)
			w.flush()
			w.empty()
			if m := w.sink.one(mod); m.header.Get("X-Postil-Uncertain") != "" {
				t.Error("a mail that had not been taken is marked as uncertain")
			}
		})
	}
}

func TestALostAnswerMakesTheRepetitionMarked(t *testing.T) {
	for deed, reason := range map[misdeed]string{
		losesAnswer: "the mail server: it broke the connection off",
		hangs:       "the mail server: it did not answer in time",
	} {
		t.Run(reason, func(t *testing.T) {
			w := waiting(t, impatient)
			w.sink.plan(mod, deed, defers)
			w.flush()
			if d := w.only(comments.Waiting); d.Error != reason || !d.Unsure {
				t.Errorf("%+v", d)
			}
			w.pass(time.Minute)
			w.flush() // deferred, and still unsure
			w.pass(2 * time.Minute)
			w.flush()
			w.empty()
			all := w.sink.to(mod)
			if len(all) != 2 {
				t.Fatalf("%d mails came", len(all))
			}
			if all[0].header.Get("X-Postil-Uncertain") != "" || all[1].header.Get("X-Postil-Uncertain") != "yes" {
				t.Error("the repetition, and only that, is to be marked")
			}
			if all[0].header.Get("Message-ID") != all[1].header.Get("Message-ID") {
				t.Error("the repetition has another Message-ID")
			}
		})
	}
}

func TestMailWaitsForItsServer(t *testing.T) {
	t.Parallel()
	secret := newIdentity(t)
	for name, c := range map[string]struct {
		sink   *sink
		mail   func(*notify.Mail)
		reason string
	}{
		"wrong host":     {mail: func(m *notify.Mail) { m.Port = closedPort(t) }, reason: "the mail server: it takes no connections"},
		"no STARTTLS":    {mail: func(m *notify.Mail) { m.TLS = notify.StartTLS }, reason: "the mail server offers no STARTTLS; without it nothing is sent"},
		"own signature":  {sink: &sink{identity: secret.server}, mail: func(m *notify.Mail) { m.TLS = notify.StartTLS }, reason: "the mail server: its TLS certificate is not valid"},
		"busy":           {sink: &sink{greeting: "421 4.3.2 come back later"}, reason: "the mail server greets us with 421"},
		"silent":         {sink: &sink{greeting: "220-"}, reason: "the mail server: it did not answer in time"},
		"wrong password": {sink: &sink{user: "us", password: "right"}, mail: func(m *notify.Mail) { m.User, m.Password = "us", "wrong" }, reason: "the mail server answers 535 to our login"},
		"no login":       {mail: func(m *notify.Mail) { m.User, m.Password = "us", "pw" }, reason: "the mail server offers no login that we know"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.sink == nil {
				c.sink = &sink{}
			}
			startSink(t, c.sink)
			w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"), func(n *notify.Config) {
				n.Mail = c.sink.mail()
				n.Mail.Timeout = 3 * time.Second
				if c.mail != nil {
					c.mail(&n.Mail)
				}
			})
			w.moderator("mod", comments.MailEach)
			for range 10 {
				w.post("HOLD this", nil)
			}
			w.flush()
			list := w.deliveries(comments.Waiting)
			if len(list) != 10 || c.sink.count() > 0 {
				t.Fatalf("%d deliveries wait, want 10", len(list))
			}
			tried := 0
			for _, d := range list {
				if d.Unsure || d.Error != "" && d.Error != c.reason {
					t.Errorf("%+v", d)
				}
				if d.Error != "" {
					tried++
				}
			}
			if tried == 0 || tried > 4 {
				t.Errorf("%d of 10 were tried with a server that fails", tried)
			}
		})
	}
}

func TestMailGoesByTLSAndLogin(t *testing.T) {
	t.Parallel()
	secret := newIdentity(t)
	for name, c := range map[string]struct {
		implicit bool
		mode     notify.TLSMode
	}{"STARTTLS": {false, notify.StartTLS}, "TLS": {true, notify.TLS}} {
		t.Run(name, func(t *testing.T) {
			s := startSink(t, &sink{identity: secret.server, implicit: c.implicit, user: "us", password: "pw"})
			w := waiting(t, func(n *notify.Config) {
				n.Mail = s.mail()
				n.Mail.TLS, n.Mail.Roots, n.Mail.User, n.Mail.Password = c.mode, secret.roots, "us", "pw"
			})
			w.flush()
			w.empty()
			s.one(mod)
			if s.loggedIn != 1 {
				t.Errorf("logged in %d times", s.loggedIn)
			}
		})
	}
}

func TestMailThatCannotBeSentIsGivenUpAfterDays(t *testing.T) {
	w := waiting(t)
	w.sink.always = defers
	began := w.time()
	for len(w.deliveries(comments.Dead)) == 0 {
		w.flush()
		w.pass(time.Minute)
	}
	age := w.time().Sub(began)
	if d := w.only(comments.Dead); d.Tries != 20 || age < 36*time.Hour || age > 72*time.Hour {
		t.Errorf("given up after %d tries and %v", d.Tries, age)
	}
	if got := w.logs.String(); strings.Count(got, "level=WARN") != 1 || strings.Contains(got, mod) {
		t.Errorf("log:\n%s", got)
	}
}

func TestWithoutAMailServerNoMailIsMade(t *testing.T) {
	w := waiting(t, func(c *notify.Config) { c.Mail = notify.Mail{} })
	w.flush()
	w.empty()
	w.post("tell me", func(d *comments.Draft) { d.Email, d.Notify = "fay@readers.example", true })
	w.flush()
	if d := w.only(comments.Waiting); d.Kind != comments.TellConfirm || d.Error != "no mail server is configured" {
		t.Errorf("%+v", d)
	}
}
