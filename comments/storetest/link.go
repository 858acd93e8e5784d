package storetest

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"postil/comments"
)

func linkTests() serviceTests {
	return serviceTests{
		"a link decides in its moderator's name, once":         linkActs,
		"each action of a link does what it says":              linkActions,
		"a link acts on nothing that has changed":              linkStale,
		"an altered link does nothing":                         linkAltered,
		"a link ends with its time":                            linkExpires,
		"a link ends with what its moderator may do":           linkRevoked,
		"a link goes on with a new key":                        linkRotated,
		"an approval by link makes the badge known":            linkAcquaints,
		"a feed is opened by its moderator's token alone":      linkFeed,
		"a feed ends with its moderator, or with a new serial": linkFeedRevoked,
	}
}

// link returns what a mail to a moderator holds.
func (d *desk) link(m comments.Moderator, c comments.Comment, a comments.Action) url.Values {
	d.Helper()
	q, err := url.ParseQuery(d.Keys.Link(m, c, a, d.time().Add(comments.LinkLife)))
	d.must(err)
	return q
}

// mia puts a moderator of the desk's site in, who may be in already.
func (d *desk) mia() comments.Moderator {
	d.Helper()
	m := d.moderator("mia-" + strings.ReplaceAll(d.site.Host, ".", "-"))
	d.putModerators(m)
	return m
}

func (d *desk) refuses(q url.Values, kind comments.Kind) {
	d.Helper()
	head, events := d.head(), len(d.events(0))
	_, err := d.ActByLink(d.Context(), q)
	d.fails(err, kind, "")
	d.same("head", head, d.head())
	d.same("events", events, len(d.events(0)))
}

func linkActs(d *desk) {
	d.policy(comments.PolicyHoldAll)
	m, c := d.mia(), d.submit(d.draft("hello")).Comment
	q, other := d.link(m, c, comments.Approve), d.link(m, c, comments.Reject)
	l, by, shown, err := d.OpenLink(d.Context(), q)
	d.must(err)
	d.same("what is shown", []any{m.Name, comments.Approve, c, true}, []any{by.Name, l.Action, shown, l.Fresh(shown)})
	d.same("seeing it changes nothing", c, d.find(c.ID))
	d.pass(time.Minute)
	c, err = d.ActByLink(d.Context(), q)
	d.must(err)
	d.same("decided", []any{comments.Published, m.Name, d.time().UTC()}, []any{c.Status, c.By, c.Decided})
	d.same("event", d.event(2, d.time().UTC(), comments.Decided, c, true, m.Name), d.events(1)[0])
	d.refuses(q, comments.Conflict)
	d.refuses(other, comments.Conflict)
}

func linkActions(d *desk) {
	m := d.mia()
	for action, want := range map[comments.Action]comments.Status{
		comments.Approve: comments.Published, comments.Hold: comments.Held, comments.Reject: comments.Spam, comments.Remove: comments.Deleted,
	} {
		c := d.submit(d.draft("hello")).Comment
		d.pass(time.Second)
		got, err := d.ActByLink(d.Context(), d.link(m, c, action))
		d.must(err)
		d.same(string(action), []any{want, m.Name}, []any{got.Status, got.By})
	}
	d.refuses(d.link(m, d.submit(d.draft("hello")).Comment, "publish"), comments.Forbidden)
}

func linkStale(d *desk) {
	m := d.mia()
	for name, change := range map[string]func(comments.Receipt) error{
		"decided": func(r comments.Receipt) error {
			_, err := d.Decide(d.Context(), "ben", d.site.Host, []comments.ID{r.Comment.ID}, comments.Spam)
			return err
		},
		"confirmed": func(r comments.Receipt) error {
			_, err := d.Decide(d.Context(), "ben", d.site.Host, []comments.ID{r.Comment.ID}, comments.Published)
			return err
		},
		"edited": func(r comments.Receipt) error {
			_, err := d.Edit(d.Context(), r.Comment.ID, r.EditKey, "bye")
			return err
		},
		"deleted": func(r comments.Receipt) error { _, err := d.Delete(d.Context(), r.Comment.ID, r.EditKey); return err },
	} {
		r := d.submit(d.draft("hello"))
		q := d.link(m, r.Comment, comments.Hold)
		d.pass(time.Second)
		if err := change(r); err != nil {
			d.Errorf("%s: %v", name, err)
		}
		d.refuses(q, comments.Conflict)
	}
}

func linkAltered(d *desk) {
	m, c := d.mia(), d.submit(d.draft("hello")).Comment
	ben := d.moderator("ben-" + m.Name)
	d.putModerators(ben)
	other := d.submit(d.draft("other")).Comment
	q := d.link(m, c, comments.Hold)
	for field, value := range map[string]string{
		"by": ben.Name, "do": string(comments.Remove), "id": other.ID.String(), "as": "", "until": "99999999999", "mac": d.link(ben, c, comments.Hold).Get("mac"),
	} {
		altered := maps.Clone(q)
		altered.Set(field, value)
		d.refuses(altered, comments.Forbidden)
		altered.Del(field)
		d.refuses(altered, comments.Forbidden)
		altered.Set(field, q.Get(field)[1:])
		d.refuses(altered, comments.Forbidden)
	}
	_, err := d.ActByLink(d.Context(), q)
	d.must(err)
}

func linkExpires(d *desk) {
	m := d.mia()
	first, second := d.submit(d.draft("1")).Comment, d.submit(d.draft("2")).Comment
	a, b := d.link(m, first, comments.Hold), d.link(m, second, comments.Hold)
	d.pass(comments.LinkLife - time.Second)
	_, err := d.ActByLink(d.Context(), a)
	d.must(err)
	d.pass(2 * time.Second)
	d.refuses(b, comments.Forbidden)
}

func linkRevoked(d *desk) {
	m, c := d.mia(), d.submit(d.draft("hello")).Comment
	q := d.link(m, c, comments.Hold)
	for _, change := range []func(*comments.Moderator){
		func(m *comments.Moderator) { m.Serial++ }, func(m *comments.Moderator) { m.Sites = []string{"b.example"} },
	} {
		changed := m
		change(&changed)
		d.putModerators(changed)
		d.refuses(q, comments.Forbidden)
	}
	d.must(d.RemoveModerator(d.Context(), m.Name))
	d.refuses(q, comments.Forbidden)
	d.putModerators(m)
	_, err := d.ActByLink(d.Context(), q)
	d.must(err)
}

func linkRotated(d *desk) {
	m, c := d.mia(), d.submit(d.draft("hello")).Comment
	q := d.link(m, c, comments.Hold)
	config := d.Config
	config.Keys = d.newKey(true)
	_, _, _, err := comments.NewService(config).OpenLink(d.Context(), q)
	d.must(err)
	config.Keys = d.newKey(false)
	_, _, _, err = comments.NewService(config).OpenLink(d.Context(), q)
	d.fails(err, comments.Forbidden, "")
}

func linkAcquaints(d *desk) {
	d.policy(comments.PolicyHoldFirst)
	m, c := d.mia(), d.submitAs("Ann#secret").Comment
	_, err := d.ActByLink(d.Context(), d.link(m, c, comments.Approve))
	d.must(err)
	d.standings(comments.BadgeStanding{Badge: c.Author.Badge, Standing: comments.Known, At: d.time().UTC(), By: m.Name})
}

func (d *desk) noFeed(name, token string) {
	d.Helper()
	_, err := d.OpenFeed(d.Context(), name, token)
	d.fails(err, comments.NotFound, "")
}

func linkFeed(d *desk) {
	m := d.mia()
	ben := d.moderator("ben-" + m.Name)
	d.putModerators(ben)
	token := d.Keys.FeedToken(m)
	got, err := d.OpenFeed(d.Context(), m.Name, token)
	d.must(err)
	d.same("moderator", m.Name, got.Name)
	for _, wrong := range []string{"", token[1:], token + "A", d.Keys.FeedToken(ben), string(slices.Concat([]byte("!"), []byte(token[1:])))} {
		d.noFeed(m.Name, wrong)
	}
	d.noFeed("nobody", token)
}

func linkFeedRevoked(d *desk) {
	m := d.mia()
	token := d.Keys.FeedToken(m)
	again := m
	again.Serial++
	d.putModerators(again)
	d.noFeed(m.Name, token)
	_, err := d.OpenFeed(d.Context(), m.Name, d.Keys.FeedToken(again))
	d.must(err)
	d.must(d.RemoveModerator(d.Context(), m.Name))
	d.noFeed(m.Name, d.Keys.FeedToken(again))
}
