package comments

import (
	"context"
	"time"
)

// Queue is how moderators look through comments of any status.
type Queue interface {
	// Search returns comments, newest id first.
	Search(ctx context.Context, f Filter) ([]Comment, error)

	// Tally counts a site's comments by status, each up to limit, beyond
	// which counting would cost more than the number is worth.
	Tally(ctx context.Context, site string, limit int64) (map[Status]int64, error)

	// Days counts a site's comments by the day of their id's time and their
	// status now, from a time on, in order of days. Imported ones are left out.
	Days(ctx context.Context, site string, from time.Time) ([]Day, error)

	// OpenThreads returns up to limit threads of a site that are not closed and
	// whose Opened is before a time.
	OpenThreads(ctx context.Context, site string, opened time.Time, limit int) ([]Thread, error)
}

// Log is what happened on each site.
type Log interface {
	// Events returns up to limit events of a site after a number, in order.
	Events(ctx context.Context, site string, after int64, limit int) ([]Event, error)

	// Trail returns up to limit events of a site before a number (0 starts),
	// newest first; of one comment only unless its id is zero.
	Trail(ctx context.Context, site string, comment ID, before int64, limit int) ([]Event, error)

	// PruneEvents removes a site's events from before a time, but none that
	// [Outbox.Dispatch] has not passed yet.
	PruneEvents(ctx context.Context, site string, before time.Time) error
}

// Outbox keeps what is to be sent, until it is.
type Outbox interface {
	// Dispatched returns the number of the last event of a site that
	// deliveries were made from.
	Dispatched(ctx context.Context, site string) (int64, error)

	// Dispatch stores deliveries made from the events after from up to to,
	// and notes that it did, in one transaction. It does nothing, and returns
	// false, if another process came first: Dispatched is not from any more.
	// A delivery that equals a stored one in Site, Channel, Target, Kind,
	// Comment and Event is left out.
	Dispatch(ctx context.Context, site string, from, to int64, deliveries []Delivery) (bool, error)

	// Enqueue stores deliveries as Dispatch does, without any event.
	Enqueue(ctx context.Context, deliveries []Delivery) error

	// Claim takes up to limit deliveries that are Waiting and due, or Sending
	// and past their lease: it makes them Sending until lease and counts a
	// try. Those of the second sort become Unsure. No two callers, in any
	// process, get the same.
	Claim(ctx context.Context, now, lease time.Time, limit int) ([]Delivery, error)

	// Settle ends a claim: the delivery's State, Due, Unsure and Error are
	// stored. Only the holder of the claim may call it: when the stored Tries
	// is another one, or the delivery is gone, nothing is done.
	Settle(ctx context.Context, d Delivery) error

	// Finish removes deliveries that are sent or have become pointless; a
	// Tries that differs counts as in Settle.
	Finish(ctx context.Context, list ...Delivery) error

	// Deliveries returns up to limit of a site ("" for all) in a state, the
	// oldest first.
	Deliveries(ctx context.Context, site string, state DeliveryState, limit int) ([]Delivery, error)

	// Revive makes dead deliveries wait again, from tries 0; it returns how
	// many there were.
	Revive(ctx context.Context, site string, ids []ID, now time.Time) (int, error)

	// NextDue returns when the next Waiting delivery is due, or zero.
	NextDue(ctx context.Context) (time.Time, error)
}

// Subscriptions keeps who wants answers by mail.
type Subscriptions interface {
	// Subscribe stores a subscription, with the deliveries that ask for its
	// confirmation, in one transaction. One of the same comment and Index is
	// left as it is, and false returned, as for a comment that is Deleted; an
	// unknown one is NotFound.
	Subscribe(ctx context.Context, s Subscription, ask []Delivery) (bool, error)

	// Subscription returns one, or NotFound.
	Subscription(ctx context.Context, site string, id ID) (Subscription, error)

	// SubscriptionsOf returns those of comments of a site.
	SubscriptionsOf(ctx context.Context, site string, comments []ID) ([]Subscription, error)

	// SubscriptionsAt returns those of one address on a site ("": on all).
	SubscriptionsAt(ctx context.Context, site string, index Hash) ([]Subscription, error)

	// Confirm confirms all subscriptions of an address on a site.
	Confirm(ctx context.Context, site string, index Hash, at time.Time) error

	// Unsubscribe removes subscriptions and what was to be sent to them.
	Unsubscribe(ctx context.Context, site string, ids []ID) error

	// PruneSubscriptions removes those of a site that were made before a time
	// and never confirmed.
	PruneSubscriptions(ctx context.Context, site string, before time.Time) (int, error)

	// Reseal gives each sealed address and index, of subscriptions and
	// moderators, another one, in one transaction.
	Reseal(ctx context.Context, subscriber func(*Subscription) error, moderator func(*Moderator) error) error
}

// People are those who decide, and what they think of those who write.
type People interface {
	// Moderators returns all, by name.
	Moderators(ctx context.Context) ([]Moderator, error)

	// PutModerator adds one or replaces the one with its Name; Created counts
	// only when it is new.
	PutModerator(ctx context.Context, m Moderator) error

	// RemoveModerator removes one, or returns NotFound.
	RemoveModerator(ctx context.Context, name string) error

	// Standing returns that of a badge; Unknown if nothing is stored.
	Standing(ctx context.Context, site string, badge Badge) (Standing, error)

	// Standings returns all of a site, newest first.
	Standings(ctx context.Context, site string) ([]BadgeStanding, error)

	// PutStanding replaces that of a badge; Unknown removes it. With onlyNew
	// it leaves one alone that is there.
	PutStanding(ctx context.Context, site string, s BadgeStanding, onlyNew bool) error
}
