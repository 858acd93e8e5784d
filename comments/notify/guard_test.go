package notify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

const notPublic = "its host is not a public one; the site's settings can allow it"

func TestPrivateNetworksAreNotCalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	hosts := []string{"127.0.0.1", "localhost", "0.0.0.0", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd12:3456::1]"}
	w.settings(func(s *comments.Settings) {
		for _, host := range hosts {
			s.Webhooks = append(s.Webhooks, "http://"+host+":9/hook")
		}
		s.Hub, s.Allow = "http://127.0.0.1:9/hub", []string{"hook.example"} // another one
	})
	w.post("published", nil)
	w.flush()
	w.pass(10 * time.Second)
	w.flush()
	list := w.deliveries(comments.Waiting)
	if len(list) != len(hosts)+1 {
		t.Fatalf("%d deliveries wait", len(list))
	}
	for _, d := range list {
		if d.Error != notPublic || d.Unsure {
			t.Errorf("%+v", d)
		}
	}
}

// Some resolvers take these for 127.0.0.1, and some for names.
func TestOddFormsOfLoopbackAreNotCalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	hosts := []string{"2130706433", "0x7f000001", "127.1", "LOCALHOST", "localhost."}
	w.settings(func(s *comments.Settings) {
		for _, host := range hosts {
			s.Webhooks = append(s.Webhooks, strings.Replace(h.URL, "127.0.0.1", host, 1))
		}
	})
	w.post("published", nil)
	w.flush()
	list := w.deliveries(comments.Waiting)
	if len(list) != len(hosts) || len(h.got()) > 0 {
		t.Errorf("%d deliveries wait after %d calls", len(list), len(h.got()))
	}
	for _, d := range list {
		if d.Error == "" {
			t.Errorf("%+v", d)
		}
	}
}

func TestAllowedHostsAreCalledForTheirSiteOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"))
	h := newHook(t)
	w.hooked(h)
	w.post("published", nil)
	w.flush()
	if len(h.got()) != 1 {
		t.Fatalf("%d calls, want one", len(h.got()))
	}
	w.settings(func(s *comments.Settings) { s.Allow = nil })
	w.post("published", nil)
	w.flush()
	if d := w.only(comments.Waiting); len(h.got()) != 1 || d.Error != notPublic {
		t.Errorf("after %d calls: %+v", len(h.got()), d)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*notify.Config){
		"our client":   func(*notify.Config) {},
		"given client": func(c *notify.Config) { c.Client = &http.Client{} },
	} {
		inner, outer := newHook(t), newHook(t)
		outer.answers(redirectTo(inner.URL))
		w := newWorld(t, newSQLite(t, t.TempDir()+"/postil.db"), change)
		w.hooked(outer)
		w.post("published", nil)
		w.flush()
		if len(outer.got()) != 1 || len(inner.got()) != 0 {
			t.Errorf("%s: %d and %d calls", name, len(outer.got()), len(inner.got()))
		}
	}
}
