package gate

import (
	"strings"
	"testing"
)

// TestDrainedGateSaysSo has nothing left to do once it is drained: it must not
// have ended before whoever drained it has the answer.
func TestDrainedGateSaysSo(t *testing.T) {
	t.Parallel()
	for range 25 {
		g := startChild(t, childConfig{Upstreams: []string{"blog=http://127.0.0.1:1"}, Listen: "127.0.0.1:0", Dir: t.TempDir()})
		if reply := g.order(t, "drain"); !strings.Contains(reply.Text, "Drained in") {
			t.Fatalf("%+v", reply)
		}
		<-g.ended
	}
}
