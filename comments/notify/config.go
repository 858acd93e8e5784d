package notify

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postil/comments"
)

// What a [Config] leaves open.
const (
	// DefaultLease is how long a delivery is its sender's. A sender that dies
	// delays what it had by this much.
	DefaultLease = 5 * time.Minute
	// DefaultTimeout bounds one call of a webhook or hub.
	DefaultTimeout = 10 * time.Second
)

// Store is what a Courier needs of a store.
type Store interface {
	comments.Outbox
	Sites(ctx context.Context) ([]comments.Site, error)
	Find(ctx context.Context, id comments.ID) (comments.Comment, error)
	List(ctx context.Context, site string, status comments.Status, before comments.ID, limit int) ([]comments.Comment, error)
	Tally(ctx context.Context, site string, limit int64) (map[comments.Status]int64, error)
	Events(ctx context.Context, site string, after int64, limit int) ([]comments.Event, error)
	Trail(ctx context.Context, site string, comment comments.ID, before int64, limit int) ([]comments.Event, error)
	Subscription(ctx context.Context, site string, id comments.ID) (comments.Subscription, error)
	SubscriptionsOf(ctx context.Context, site string, comments []comments.ID) ([]comments.Subscription, error)
	Moderators(ctx context.Context) ([]comments.Moderator, error)
}

// Config is what a Courier is made of. All fields but Mail, Client, Lease,
// Timeout and Retry are required.
type Config struct {
	Store     Store
	Keys      comments.Keyring
	Base      string                                       // public address of the service, without trailing slash
	FeedURL   func(host string, page comments.Page) string // absolute address of a page's Atom document
	ThreadURL func(host string, page comments.Page) string // of the same as a web page
	LatestURL func(host string) string                     // of the site's newest comments, as Atom
	Mail      Mail                                         // zero: no mail is sent, nor are deliveries by mail made
	Log       *slog.Logger                                 //
	Now       func() time.Time                             //
	NewID     func(time.Time) (comments.ID, error)         // a version 7 UUID of that time
	Client    *http.Client                                 // calls webhooks and hubs, whatever network they are in; nil: one that refuses private networks
	Lease     time.Duration                                // 0: [DefaultLease]; at least twice as long as any one sending may take
	Timeout   time.Duration                                // of one call of a webhook or hub; 0: [DefaultTimeout]
	Retry     time.Duration                                // before what failed is tried again for the first time; 0: [DefaultRetry]
}

// New returns a Courier, or says what is wrong with its configuration.
func New(c Config) (*Courier, error) {
	if base, err := url.Parse(c.Base); err != nil || base.Host == "" || strings.HasSuffix(c.Base, "/") {
		return nil, errors.New("the service's public address is missing; write it as https://comments.example")
	}
	if c.Lease == 0 {
		c.Lease = DefaultLease
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Retry == 0 {
		c.Retry = DefaultRetry
	}
	if err := c.Mail.complete(); err != nil {
		return nil, err
	}
	if longest := max(c.Timeout, c.Mail.Timeout); c.Lease < 2*longest {
		return nil, errors.New("the lease of a delivery must be twice as long as sending it may take: at least " + (2 * longest).String())
	}
	k := &Courier{Config: c, quota: quota{limit: MaxHeldMails, span: heldSpan}, lanes: map[string]*lane{}, nudges: make(chan struct{}, 1), moved: make(chan struct{})}
	k.public, k.direct = newClient(guard), newClient(nil)
	if c.Client != nil {
		k.public = stayHere(*c.Client)
		k.direct = k.public
	}
	var err error
	k.from, err = newSender(c.Mail, c.Base)
	return k, err
}
