package admin

import (
	"io"
	"net/http"
	"strconv"

	"postil/comments"
	"postil/static"
)

const (
	// outboxCount is up to which number deliveries are counted.
	outboxCount = 1000
	// outboxSize is how many dead ones are listed.
	outboxSize = 200
)

// showOutbox is GET /admin/outbox: what waits to be sent, and what could not
// be.
func (s *server) showOutbox(v *visit) error {
	view := static.AdminOutboxPage{AdminPage: s.page(v, "outbox", static.Text(v.lang, "admin.title.outbox")), Action: s.address("outbox")}
	for _, state := range []comments.DeliveryState{comments.Waiting, comments.Sending, comments.Dead} {
		list, err := s.Service.Store.Deliveries(v.r.Context(), "", state, outboxCount)
		if err != nil {
			return err
		}
		n := int64(len(list))
		view.Tiles = append(view.Tiles, static.AdminTile{Number: counted(n, n == outboxCount), Text: static.Text(v.lang, "admin.outbox."+string(state))})
		if state != comments.Dead {
			continue
		}
		for _, d := range list[:min(len(list), outboxSize)] {
			view.Dead = append(view.Dead, s.delivery(v.lang, d))
		}
		view.More = moreText(v.lang, len(list)-len(view.Dead))
	}
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminOutbox(out, view) })
}

func (s *server) delivery(lang string, d comments.Delivery) static.AdminDelivery {
	row := static.AdminDelivery{
		Ref: ref(d.Site, d.ID), Site: d.Site, Target: d.Target, Error: d.Error, Created: d.Created, Unsure: d.Unsure,
		Text:  static.Text(lang, "admin.delivery."+string(d.Kind)),
		Tries: static.Count(lang, "admin.tries", int64(d.Tries)),
	}
	if d.Kind == comments.TellConfirm || d.Kind == comments.TellReply {
		row.Target = static.Text(lang, "admin.outbox.subscriber") // whom Target names by a number
	}
	if !d.Comment.IsZero() {
		row.CommentURL = s.commentURL(d.Comment)
	}
	return row
}

// revive is POST /admin/outbox: lets dead deliveries be tried again.
func (s *server) revive(v *visit) error {
	refs := v.form["id"]
	if v.typed("do") == "all" {
		all, err := s.Service.Store.Deliveries(v.r.Context(), "", comments.Dead, outboxCount)
		if err != nil {
			return err
		}
		for refs = nil; len(all) > 0; all = all[1:] {
			refs = append(refs, ref(all[0].Site, all[0].ID))
		}
	}
	batches, _, err := s.batches(v, refs)
	if err != nil {
		return err
	}
	revived := 0
	for _, b := range batches {
		n, err := s.Service.Store.Revive(v.r.Context(), b.site.Host, b.ids, s.Now())
		if err != nil {
			return err
		}
		revived += n
	}
	s.Service.Changed() // wakes who sends
	s.seeDone(v, "/admin/outbox", "revived", "n", strconv.Itoa(revived))
	return nil
}
