package notify_test

import (
	"context"
	"time"

	"postil/comments"
)

// settings changes the site's.
func (w *world) settings(change func(*comments.Settings)) {
	w.Helper()
	sites, err := w.store.Sites(w.Context())
	must(w, err)
	for _, s := range sites {
		change(&s.Settings)
		must(w, w.store.PutSite(w.Context(), s))
	}
	w.pass(2 * time.Second) // so that the service looks again
}

func (w *world) moderator(name string, mode comments.MailMode, sites ...string) comments.Moderator {
	w.Helper()
	address, err := w.keys.Seal(comments.SealModerator, name+"@mods.example")
	must(w, err)
	m := comments.Moderator{Name: name, Role: comments.RoleModerator, Sites: sites, Address: address, Mail: mode, Created: w.time()}
	if len(sites) == 0 {
		m.Role = comments.RoleAdmin
	}
	must(w, w.store.PutModerator(w.Context(), m))
	return m
}

// post writes a comment; change may be nil.
func (w *world) post(body string, change func(*comments.Draft)) comments.Receipt {
	w.Helper()
	w.pass(time.Millisecond) // ids sort by it
	d := comments.Draft{Site: blog, Page: "/post", Name: "Ann", Body: body}
	if change != nil {
		change(&d)
	}
	r, err := w.service.Submit(w.Context(), d)
	must(w, err)
	return r
}

func (w *world) decide(status comments.Status, ids ...comments.ID) {
	w.Helper()
	_, err := w.service.Decide(w.Context(), "mod", blog, ids, status)
	must(w, err)
}

func (w *world) flush() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	must(w, w.courier.Flush(ctx))
}

// deliveries returns all that the outbox holds in a state.
func (w *world) deliveries(state comments.DeliveryState) []comments.Delivery {
	w.Helper()
	list, err := w.store.Deliveries(w.Context(), "", state, 10_000)
	must(w, err)
	return list
}

// only returns the one delivery that there is, which is in this state.
func (w *world) only(state comments.DeliveryState) comments.Delivery {
	w.Helper()
	var all []comments.Delivery
	for _, s := range []comments.DeliveryState{comments.Waiting, comments.Sending, comments.Dead} {
		all = append(all, w.deliveries(s)...)
	}
	if len(all) != 1 || all[0].State != state {
		w.Fatalf("the outbox holds %+v, want one that is %s", all, state)
	}
	return all[0]
}

func (w *world) empty() {
	w.Helper()
	for _, s := range []comments.DeliveryState{comments.Waiting, comments.Sending, comments.Dead} {
		if list := w.deliveries(s); len(list) > 0 {
			w.Errorf("the outbox holds %+v", list)
		}
	}
}
