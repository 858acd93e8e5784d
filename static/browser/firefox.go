package browser

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// elementKey is by what WebDriver knows an element in JSON (§12.1).
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// Firefox is a tab in a Firefox of its own, told what to do by its Marionette
// protocol: WebDriver's commands as JSON over TCP.
type Firefox struct {
	*testing.T
	conn net.Conn
	from *bufio.Reader
	last int // number of the last command
}

// NewFirefox starts Debian's Firefox ESR, or whatever Firefox is there, with
// preferences in the form of its user.js.
func NewFirefox(t *testing.T, preferences ...string) *Firefox {
	t.Helper()
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		path, err = exec.LookPath("firefox")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	profile := t.TempDir()
	preferences = append(preferences, `user_pref("marionette.port", 0);`, `user_pref("app.update.enabled", false);`,
		`user_pref("network.captive-portal-service.enabled", false);`, `user_pref("network.connectivity-service.enabled", false);`)
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(strings.Join(preferences, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, "--headless", "--marionette", "--no-remote", "--profile", profile)
	command.Env = append(os.Environ(), "HOME="+profile)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it has children, which write into the profile too
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	f := &Firefox{T: t}
	t.Cleanup(func() {
		if f.conn != nil {
			_ = f.conn.Close()
		}
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		_ = command.Wait() // killed
	})
	f.connect(filepath.Join(profile, "MarionetteActivePort"))
	f.do("WebDriver:NewSession", map[string]any{})
	return f
}

// connect waits for the port that Firefox chooses and greets it.
func (f *Firefox) connect(portFile string) {
	f.Helper()
	f.until("Firefox listens", func() bool {
		port, err := os.ReadFile(portFile)
		if err != nil || len(port) == 0 {
			return false
		}
		f.conn, err = net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(string(port)))
		return err == nil
	})
	f.from = bufio.NewReader(f.conn)
	if _, err := f.receive(); err != nil {
		f.Fatal(err)
	}
}

// receive reads one message: its length in decimal, a colon, JSON.
func (f *Firefox) receive() (json.RawMessage, error) {
	if err := f.conn.SetReadDeadline(time.Now().Add(2 * patience)); err != nil {
		return nil, err
	}
	length, err := f.from.ReadString(':')
	if err != nil {
		return nil, err
	}
	var n int
	if _, err := fmt.Sscanf(length, "%d:", &n); err != nil {
		return nil, err
	}
	message := make([]byte, n)
	_, err = io.ReadFull(f.from, message)
	return message, err
}

// send gives a command and returns its result.
func (f *Firefox) send(command string, parameters map[string]any) (json.RawMessage, error) {
	f.last++
	message, err := json.Marshal([]any{0, f.last, command, parameters})
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(f.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	raw, err := f.receive()
	if err != nil {
		return nil, err
	}
	answer := make([]json.RawMessage, 4)
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, err
	}
	if string(answer[2]) != "null" {
		return nil, errors.New(string(answer[2]))
	}
	return answer[3], nil
}

// do is send for what must succeed.
func (f *Firefox) do(command string, parameters map[string]any) json.RawMessage {
	f.Helper()
	result, err := f.send(command, parameters)
	if err != nil {
		f.Fatalf("%s %v: %v", command, parameters, err)
	}
	return result
}

// Open goes to an address.
func (f *Firefox) Open(url string) {
	f.Helper()
	f.do("WebDriver:Navigate", map[string]any{"url": url})
}

// look returns the value of an expression in which root is the element's
// shadow root; what cannot be had yet is nil.
func (f *Firefox) look(expression string) any {
	f.Helper()
	raw, err := f.send("WebDriver:ExecuteScript", map[string]any{"args": []any{}, "sandbox": nil, "script": fmt.Sprintf(
		`return (root => { try { return (%s) ?? null } catch (e) { return null } })(document.querySelector('postil-thread')?.shadowRoot)`, expression)})
	if err != nil {
		f.Fatalf("%s: %v", expression, err)
	}
	var result struct{ Value any }
	if err := json.Unmarshal(raw, &result); err != nil {
		f.Fatal(err)
	}
	return result.Value
}

// Eval returns the value of an expression that must have one now.
func (f *Firefox) Eval(expression string) any {
	f.Helper()
	value := f.look(expression)
	if value == nil {
		f.Fatalf("%s has no value", expression)
	}
	return value
}

// Wait returns once an expression has the value.
func (f *Firefox) Wait(expression string, want any) {
	f.Helper()
	var got any
	f.until(fmt.Sprintf("%s is %#v", expression, want), func() bool {
		got = f.look(expression)
		return reflect.DeepEqual(got, want)
	})
}

// Text waits for the text of the first element that a selector finds within
// the element.
func (f *Firefox) Text(css, want string) {
	f.Helper()
	f.Wait(fmt.Sprintf("root.querySelector(%q)?.innerText.trim()", css), want)
}

// Click clicks what a selector finds within the element.
func (f *Firefox) Click(css string) {
	f.Helper()
	f.again("WebDriver:ElementClick", func() map[string]any { return map[string]any{"id": f.element(css)} })
}

// Write types into what a selector finds within the element.
func (f *Firefox) Write(css, text string) {
	f.Helper()
	f.again("WebDriver:ElementSendKeys", func() map[string]any { return map[string]any{"id": f.element(css), "text": text} })
}

// again gives a command once more that came too early or too late for its
// element.
func (f *Firefox) again(command string, parameters func() map[string]any) {
	f.Helper()
	var err error
	f.until(command+" finds its element where it was", func() bool {
		_, err = f.send(command, parameters())
		return err == nil || !misses.MatchString(err.Error())
	})
	if err != nil {
		f.Fatalf("%s: %v", command, err)
	}
}

// misses finds the errors of a command that did nothing (WebDriver §6.6).
var misses = regexp.MustCompile(`"(stale element reference|no such element|no such shadow root|element click intercepted|element not interactable)"`)

// element waits for what a selector finds within the element.
func (f *Firefox) element(css string) string {
	f.Helper()
	var id string
	f.until("there is "+css, func() bool {
		found, _ := f.look(fmt.Sprintf("(e => { e?.scrollIntoView({ block: 'center' }); return e })(root.querySelector(%q))", css)).(map[string]any)
		id, _ = found[elementKey].(string)
		return id != ""
	})
	return id
}

func (f *Firefox) until(what string, holds func() bool) {
	f.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			f.Fatalf("after %v it is not so that %s", patience, what)
		}
	}
}
