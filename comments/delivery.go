package comments

import "time"

// Channel is a way by which words leave.
type Channel string

const (
	ByMail    Channel = "mail"    // to a moderator or a subscriber
	ByWebhook Channel = "webhook" // to an address of the site's settings
	ByWebSub  Channel = "websub"  // to the site's hub
)

// DeliveryKind is what a delivery says.
type DeliveryKind string

const (
	TellHeld    DeliveryKind = "held"    // to a moderator: this comment waits
	TellDigest  DeliveryKind = "digest"  // to a moderator: these comments wait
	TellConfirm DeliveryKind = "confirm" // to a subscriber: is this address yours?
	TellReply   DeliveryKind = "reply"   // to a subscriber: this answers you
	TellEvent   DeliveryKind = "event"   // to a webhook: this happened
	TellFeed    DeliveryKind = "feed"    // to a hub: these feeds differ
)

// DeliveryState is how far a delivery is.
type DeliveryState string

const (
	Waiting DeliveryState = "waiting" // for its time
	Sending DeliveryState = "sending" // somebody has it until Due; after that nobody knows what became of it
	Dead    DeliveryState = "dead"    // given up; an admin may revive it
)

// Delivery is something to be sent. It names who and what, and holds neither
// addresses nor words: those are looked up when it is sent. It is removed
// once it is sent, or has become pointless.
type Delivery struct {
	Site    string
	ID      ID
	Channel Channel
	Target  string       // name of a moderator, id of a Subscription, or address of a webhook or hub
	Kind    DeliveryKind //
	Comment ID           // or zero
	Event   int64        // Event.Number that it is about, or 0
	State   DeliveryState
	Tries   int       // begun so far
	Unsure  bool      // an earlier try may have reached its target: the answer was lost, or the sender was
	Due     time.Time // when to try next; of Sending: when the sender's lease ends
	Error   string    // of the last try, for an admin; without addresses or words
	Created time.Time
}

// Subscription is the wish of an author to get answers by mail.
type Subscription struct {
	Site      string
	ID        ID
	Comment   ID        // whose answers are wanted
	Address   []byte    // e-mail, sealed for purpose "subscriber"
	Index     Hash      // keyed hash of the address, to find all of one
	Confirmed time.Time // zero: not yet, and nothing but the question may be sent there
	Created   time.Time
}
