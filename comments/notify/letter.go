package notify

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/url"

	gomail "github.com/wneessen/go-mail"

	"postil/comments"
	"postil/static"
)

// uncertain marks a mail that its reader may have got before.
const uncertain = "X-Postil-Uncertain"

// letter is what is to be sent by mail, and to whom.
type letter struct {
	static.Mail
	to      string // address
	lang    string
	unwatch string // where the subscription ends, or empty
}

// mail sends a delivery by mail.
func (c *Courier) mail(ctx context.Context, d comments.Delivery) outcome {
	l, err := c.write(ctx, d)
	if err != nil {
		return lookedUp(err)
	}
	m, err := c.from.compose(l, c.messageID(d), d.Unsure)
	if err != nil {
		return outcome{result: refused, final: true, unmet: true, reason: "no mail can be made of it; is the address a valid one?"}
	}
	return c.from.send(ctx, m)
}

// write looks up what a mail is to say now, and to whom.
func (c *Courier) write(ctx context.Context, d comments.Delivery) (letter, error) {
	switch d.Kind {
	case comments.TellHeld:
		return c.held(ctx, d)
	case comments.TellDigest:
		return c.digest(ctx, d)
	case comments.TellReply:
		return c.reply(ctx, d)
	case comments.TellConfirm:
		return c.confirm(ctx, d)
	default:
		return letter{}, errPointless
	}
}

// messageID is the same each time that a delivery is sent, so that a mail
// program can know a repeated one, and tells nothing about it.
func (c *Courier) messageID(d comments.Delivery) string {
	mac := c.Keys.Lasting("message id", d.Site, d.ID.String())
	return hex.EncodeToString(mac[:16]) + "@" + c.from.domain()
}

// compose makes a message. It is written once here, so that what cannot be
// written fails before anything has gone to the server.
func (s sender) compose(l letter, id string, unsure bool) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&s.from)
	if err := m.To(l.to); err != nil {
		return nil, err
	}
	m.Subject(l.Subject)
	m.SetDate()
	m.SetMessageIDWithValue(id)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	m.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	m.SetGenHeader(gomail.HeaderContentLang, l.lang)
	if unsure {
		m.SetGenHeader(uncertain, "yes")
	}
	if l.unwatch != "" {
		m.SetListUnsubscribe(l.unwatch) // RFC 2369
		if u, err := url.Parse(l.unwatch); err == nil && u.Scheme == "https" {
			m.SetListUnsubscribePost() // RFC 8058 asks for https
		}
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text+"\n")
	_, err := m.WriteTo(&bytes.Buffer{})
	return m, err
}
