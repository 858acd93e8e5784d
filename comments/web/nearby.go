package web

import (
	"net/http"
	"sync"
	"time"
)

const (
	nearbyFor  = time.Hour // how long a comment counts among those nearby
	nearbySlot = 10 * time.Minute
	// nearbySlots are kept: the last of them is not full yet.
	nearbySlots = int(nearbyFor / nearbySlot)
)

// neighbours counts how many comments came from the same network lately: in
// memory, by the same scrambled name of the network as the rate limits, of
// which there are at most 65,536.
type neighbours struct {
	clients *clients

	mu    sync.Mutex
	begun time.Time // of the newest slot
	slots [nearbySlots]map[string]int
}

func newNeighbours(clients *clients) *neighbours { return &neighbours{clients: clients} }

// add counts one more comment, and returns how many there were in the last
// hour, this one included; or 0 where that is not known, since all readers
// seem to come from the same proxy.
func (n *neighbours) add(r *http.Request) (sum int) {
	if n.clients.unvouched(r) {
		return 0
	}
	network, now := n.clients.bucket(r), n.clients.now()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance(now)
	if n.slots[0] == nil {
		n.slots[0] = map[string]int{}
	}
	n.slots[0][network]++
	for _, slot := range n.slots {
		sum += slot[network]
	}
	return sum
}

// advance forgets what is too old. The caller holds mu.
func (n *neighbours) advance(now time.Time) {
	for passed := 0; now.Sub(n.begun) >= nearbySlot; passed++ {
		if passed == nearbySlots {
			n.begun = now
			return
		}
		copy(n.slots[1:], n.slots[:])
		n.slots[0] = nil
		n.begun = n.begun.Add(nearbySlot)
	}
}
