package lifecycle

import (
	"net/http"
	"strings"
	"testing"
)

// TestEndRefusesOnlyWhatIsHeld sends a request on a connection that is open
// still when the process goes: nothing is held, so that it is answered.
func TestEndRefusesOnlyWhatIsHeld(t *testing.T) {
	t.Parallel()
	post := func(url string) int {
		resp, err := http.Post(url, "text/plain", strings.NewReader("words"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	open, url := behind(t, GateLimits{}, &recorder{})
	open.End()
	if status := post(url); status != http.StatusOK {
		t.Errorf("through an open gate: %d", status)
	}
	held, url := behind(t, GateLimits{}, &recorder{})
	held.Close(0)
	held.End()
	if status := post(url); status != http.StatusServiceUnavailable {
		t.Errorf("through a closed gate: %d", status)
	}
}
