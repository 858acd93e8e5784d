package main

import (
	"bytes"
	"testing"
)

// The keys of the moderators' pages need no more than to press what is there:
// neither markup nor requests nor storage.
func TestAdminScriptOnlyPressesWhatIsThere(t *testing.T) {
	t.Parallel()
	built, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	script := built["admin.js"]
	for _, word := range []string{
		"innerHTML", "outerHTML", "insertAdjacentHTML", "DOMParser", "document.write", "createElement", "eval(", "Function(",
		"fetch(", "XMLHttpRequest", "sendBeacon", "WebSocket", "import(", "cookie", "localStorage", "sessionStorage", "indexedDB", ".style",
	} {
		if bytes.Contains(script, []byte(word)) {
			t.Errorf("the script uses %s", word)
		}
	}
	if n := len(script); n == 0 || n > 4000 {
		t.Errorf("the script has %d bytes", n)
	}
}
