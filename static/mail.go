package static

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Bounds of what a mail quotes, in characters.
const (
	mailWords   = 2000 // of a comment
	digestWords = 300  // of a comment among others
	mailLine    = 200  // of a name or an address
)

// Mail is what a mail says, as plain text with lines ended by \n. Its Subject
// is one line, whatever the names in it.
type Mail struct {
	Subject string
	Text    string
}

// MailComment is a comment as mails quote it.
type MailComment struct {
	Name     string // empty: anonymous
	Badge    string // of a signed name, or empty
	Website  string // or empty
	Place    string // the page as people write it: blog.example/post
	Link     string // its place on the blog
	Words    string // as written
	Created  time.Time
	Verdicts []MailVerdict
	Acts     []MailAct
}

// MailVerdict is what one defence said.
type MailVerdict struct {
	Name   string // as in comments.Verdict
	Points int
}

// MailAct is a link by which a moderator decides.
type MailAct struct {
	Action string // approve, spam, erase
	Link   string
}

// HeldMail tells a moderator that a comment waits.
type HeldMail struct {
	Lang    string
	Site    string
	Comment MailComment
	Admin   string    // address of the admin page
	Until   time.Time // when the links expire
}

// Mail returns what it says.
func (m HeldMail) Mail() Mail {
	c := m.Comment
	return Mail{
		Subject: line(Text(m.Lang, "mail.held.subject", "name", writer(m.Lang, c.Name), "place", c.Place)),
		Text: paragraphs(
			Text(m.Lang, "mail.held.intro", "place", c.Place),
			c.text(m.Lang, mailWords),
			Text(m.Lang, "mail.acts", "date", Date(m.Lang, m.Until)),
			labelled(Text(m.Lang, "mail.admin"), m.Admin),
			Text(m.Lang, "mail.why", "site", m.Site),
		),
	}
}

// DigestMail tells a moderator which comments wait.
type DigestMail struct {
	Lang     string
	Site     string
	Count    int64
	More     bool // Count is where counting ended
	Comments []MailComment
	Admin    string
	Until    time.Time
}

// Mail returns what it says.
func (m DigestMail) Mail() Mail {
	subject := Count(m.Lang, "mail.digest.subject", m.Count, "site", m.Site)
	if m.More {
		subject = Text(m.Lang, "mail.digest.more", "n", m.Count, "site", m.Site)
	}
	parts := []string{Text(m.Lang, "mail.digest.intro", "subject", subject)}
	if int64(len(m.Comments)) < m.Count {
		parts = append(parts, Text(m.Lang, "mail.digest.newest", "n", len(m.Comments)))
	}
	for _, c := range m.Comments {
		parts = append(parts, "* * *", line(c.Place), c.text(m.Lang, digestWords))
	}
	parts = append(parts, "* * *",
		Text(m.Lang, "mail.acts", "date", Date(m.Lang, m.Until)),
		labelled(Text(m.Lang, "mail.admin"), m.Admin),
		Text(m.Lang, "mail.why", "site", m.Site))
	return Mail{Subject: line(subject), Text: paragraphs(parts...)}
}

// ReplyMail tells a subscriber of an answer.
type ReplyMail struct {
	Lang    string
	Answer  MailComment
	Thread  string // address of the thread on the service
	Unwatch string // where the subscription ends
}

// Mail returns what it says.
func (m ReplyMail) Mail() Mail {
	c := m.Answer
	return Mail{
		Subject: line(Text(m.Lang, "mail.reply.subject", "name", writer(m.Lang, c.Name), "place", c.Place)),
		Text: paragraphs(
			Text(m.Lang, "mail.reply.intro", "place", c.Place),
			c.text(m.Lang, mailWords),
			labelled(Text(m.Lang, "mail.reply.link"), c.Link),
			labelled(Text(m.Lang, "mail.reply.thread"), m.Thread),
			labelled(Text(m.Lang, "mail.reply.stop"), m.Unwatch),
		),
	}
}

// ConfirmMail asks whether an address belongs to who gave it. It holds
// nothing that anyone typed, so that nobody can send words to strangers by it.
type ConfirmMail struct {
	Lang string
	Site string
	Link string // where to confirm
}

// Mail returns what it says.
func (m ConfirmMail) Mail() Mail {
	return Mail{
		Subject: line(Text(m.Lang, "mail.confirm.subject", "site", m.Site)),
		Text: paragraphs(
			Text(m.Lang, "mail.confirm.text", "site", m.Site),
			labelled(Text(m.Lang, "mail.confirm.link"), m.Link),
			Text(m.Lang, "mail.confirm.ignore"),
		),
	}
}

// text quotes a comment, with what the defences said and what can be done.
func (c MailComment) text(lang string, limit int) string {
	parts := []string{c.heading(lang), quoted(c.Words, limit)}
	if len(c.Verdicts) > 0 {
		parts = append(parts, c.verdicts(lang))
	}
	for _, a := range c.Acts {
		parts = append(parts, labelled(Text(lang, "mail.act."+a.Action), a.Link))
	}
	return paragraphs(parts...)
}

func (c MailComment) heading(lang string) string {
	who := Text(lang, "mail.wrote", "name", writer(lang, c.Name), "date", Date(lang, c.Created))
	if c.Badge != "" {
		who += "\n" + Text(lang, "mail.badge", "badge", line(c.Badge))
	}
	if c.Website != "" {
		who += "\n" + Text(lang, "mail.website", "website", line(c.Website))
	}
	return who
}

func (c MailComment) verdicts(lang string) string {
	list := []string{Text(lang, "mail.verdicts")}
	for _, v := range c.Verdicts {
		const key = "mail.verdict."
		what := Text(lang, key+v.Name)
		if what == key+v.Name {
			what = v.Name // of a defence that is newer than the texts
		}
		list = append(list, Text(lang, "mail.verdict", "what", line(what), "points", fmt.Sprintf("%+d", v.Points)))
	}
	return strings.Join(list, "\n")
}

func writer(lang, name string) string {
	if name = line(name); name == "" {
		return Text(lang, "anonymous")
	}
	return name
}

func labelled(label, address string) string { return label + "\n" + address }

// paragraphs joins those that are not empty.
func paragraphs(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(p)
	}
	return b.String()
}

// quoted marks each line of a text as another's words, and shortens it.
func quoted(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.TrimSpace(text))
	return "> " + strings.ReplaceAll(shorten(text, limit), "\n", "\n> ")
}

// line makes one line of a text that others wrote.
func line(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	return shorten(strings.Join(strings.Fields(text), " "), mailLine)
}

// shorten cuts a text that has more characters than limit.
func shorten(text string, limit int) string {
	n := 0
	for i := range text {
		if n++; n > limit {
			return strings.TrimSpace(text[:i]) + " …"
		}
	}
	return text
}
