package notify_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

// Whatever goes wrong, neither addresses nor words are in the log, nor in the
// outbox; addresses are nowhere in the database's files but sealed.
func TestNothingThatPeopleWroteIsLeftBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, newSQLite(t, dir+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	w.moderator("sentinelmod", comments.MailEach)
	asked := w.follow("sentinelfan@readers.example", true)
	deeds := []misdeed{refuses, defers, rejects, closes, breaksOff, losesAnswer, takes}
	answers := []int{500, 404, 410, 307, 200}
	for i := range 3 * len(deeds) {
		w.sink.plan("sentinelmod@mods.example", deeds[i%len(deeds)])
		w.sink.plan("sentinelfan@readers.example", deeds[(i+3)%len(deeds)])
		h.answers(status(answers[i%len(answers)]))
		w.post("HOLD sentinelwords", func(d *comments.Draft) {
			d.Name, d.Website = "Sentinelname", "https://sentinelsite.example/"
			d.Email, d.Notify = "sentinelnew@readers.example", true
		})
		w.post("sentinelwords", answerTo(asked, "Sentinelname"))
		w.flushLater()
	}
	w.courier = w.newCourier(func(c *notify.Config) { c.Mail.Port = closedPort(t) })
	w.post("HOLD sentinelwords", nil)
	w.flush()
	var outbox []comments.Delivery
	for _, s := range []comments.DeliveryState{comments.Waiting, comments.Sending, comments.Dead} {
		outbox = append(outbox, w.deliveries(s)...)
	}
	dump, err := json.Marshal(outbox)
	must(t, err)
	events, err := w.store.Events(t.Context(), blog, 0, 10_000)
	must(t, err)
	log, err := json.Marshal(events)
	must(t, err)
	if len(outbox) < 10 || w.logs.String() == "" {
		t.Fatalf("%d deliveries are left, and this log: %s", len(outbox), w.logs)
	}
	for where, text := range map[string]string{"outbox": string(dump), "events": string(log), "log": w.logs.String()} {
		for _, secret := range []string{"sentinelwords", "Sentinelname", "sentinelsite", "readers.example", "mods.example"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s is in the %s:\n%s", secret, where, text)
			}
		}
	}
	must(t, w.store.Close())
	searchFiles(t, dir, "@readers.example", "@mods.example")
}

func searchFiles(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	read := 0
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		read += len(raw)
		for _, s := range secrets {
			if strings.Contains(string(raw), s) {
				t.Errorf("%s is in %s", s, d.Name())
			}
		}
		return err
	}))
	if read < 1<<12 {
		t.Errorf("only %d bytes were searched", read)
	}
}

func TestTheWebhooksTokenIsNotLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	h.answers(status(410))
	w.post("published", nil)
	w.flush()
	w.pass(time.Minute)
	if w.only(comments.Dead); !strings.Contains(w.logs.String(), "it answers 410") || strings.Contains(w.logs.String(), "s3cret") {
		t.Errorf("log:\n%s", w.logs)
	}
}
