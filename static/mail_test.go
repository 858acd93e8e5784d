package static

import (
	"strings"
	"testing"
	"time"
)

var mailDate = time.Date(2026, time.March, 3, 4, 5, 0, 0, time.UTC)

func sampleComment() MailComment {
	return MailComment{
		Name: "Ann", Badge: "abcdefghijkmn", Website: "https://ann.example/", Place: "b.example/post", Link: "https://b.example/post#comment-1",
		Words: "One\n\nTwo", Created: mailDate,
		Verdicts: []MailVerdict{{"links", 100}, {"known", -20}, {"newer", 5}},
		Acts:     []MailAct{{"approve", "https://c.example/moderate?1"}, {"spam", "https://c.example/moderate?2"}, {"erase", "https://c.example/moderate?3"}},
	}
}

func TestHeldMailSaysWhoWhereWhatAndWhy(t *testing.T) {
	t.Parallel()
	m := HeldMail{Lang: "en", Site: "b.example", Comment: sampleComment(), Admin: "https://c.example/admin/", Until: mailDate}.Mail()
	if m.Subject != "Waiting: Ann on b.example/post" {
		t.Errorf("subject %q", m.Subject)
	}
	const want = `A comment on b.example/post waits for a moderator.

Ann wrote on 3 March 2026, 04:05 UTC:
Signed name: abcdefghijkmn
Website: https://ann.example/

> One
> 
> Two

What the checks found, in points for being spam:
+100  its links
-20  what is known of its author
+5  newer

Publish it:
https://c.example/moderate?1

Call it spam:
https://c.example/moderate?2

Erase it for good:
https://c.example/moderate?3

Each link shows the comment and asks before it does anything. It works until 3 March 2026, 04:05 UTC, and not on a comment that was edited or decided about since this mail.

All comments that wait:
https://c.example/admin/

You get this because you moderate b.example; an admin can change how often.`
	if m.Text != want {
		t.Errorf("text:\n%s", m.Text)
	}
}

func TestDigestMailSaysHowManyItLeavesOut(t *testing.T) {
	t.Parallel()
	d := DigestMail{Lang: "en", Site: "b.example", Count: 1, Comments: []MailComment{sampleComment()}, Until: mailDate}
	if m := d.Mail(); m.Subject != "1 comment waits on b.example" || strings.Contains(m.Text, "newest") {
		t.Errorf("one: %q\n%s", m.Subject, m.Text)
	}
	d.Count = 7
	if m := d.Mail(); m.Subject != "7 comments wait on b.example" || !strings.Contains(m.Text, "These are the newest 1.") {
		t.Errorf("seven: %q\n%s", m.Subject, m.Text)
	}
	d.Count, d.More = 1000, true
	if m := d.Mail(); m.Subject != "More than 1000 comments wait on b.example" {
		t.Errorf("many: %q", m.Subject)
	}
}

func TestReplyMailLeadsToTheAnswerAndOut(t *testing.T) {
	t.Parallel()
	c := sampleComment()
	c.Verdicts, c.Acts = nil, nil
	m := ReplyMail{Lang: "en", Answer: c, Thread: "https://c.example/t", Unwatch: "https://c.example/follow"}.Mail()
	for _, want := range []string{"> One", c.Link, "https://c.example/t", "No more mail about answers to this comment:\nhttps://c.example/follow"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("lacks %q:\n%s", want, m.Text)
		}
	}
}

func TestNamesCannotBreakOutOfTheirLine(t *testing.T) {
	t.Parallel()
	c := sampleComment()
	c.Name = "Ann\r\nBcc: all@example.org\u2028\x00"
	c.Website = "https://a.example/\nPublish it:\nhttps://evil.example/"
	c.Words = "first\r\nsecond\x1b[31m"
	m := HeldMail{Lang: "en", Comment: c}.Mail()
	if strings.ContainsAny(m.Subject, "\r\n\x00\u2028") || !strings.Contains(m.Subject, "Ann Bcc: all@example.org on") {
		t.Errorf("subject %q", m.Subject)
	}
	for l := range strings.Lines(m.Text) {
		if strings.HasPrefix(l, "Bcc") || strings.HasPrefix(l, "second") || strings.HasPrefix(l, "https://evil") || strings.ContainsAny(l, "\r\x1b") {
			t.Errorf("line %q", l)
		}
	}
}

func TestAnonymousHasAName(t *testing.T) {
	t.Parallel()
	c := sampleComment()
	c.Name = " "
	if m := (ReplyMail{Lang: "en", Answer: c}).Mail(); m.Subject != "Anonymous answered you on b.example/post" {
		t.Errorf("subject %q", m.Subject)
	}
}

func TestLongWordsAreCut(t *testing.T) {
	t.Parallel()
	c := sampleComment()
	c.Words, c.Name = strings.Repeat("ä", mailWords+1), strings.Repeat("n", mailLine+1)
	m := HeldMail{Lang: "en", Comment: c}.Mail()
	if !strings.Contains(m.Text, "> "+strings.Repeat("ä", mailWords)+" …\n") || strings.Contains(m.Subject, c.Name) {
		t.Errorf("%q\n%s", m.Subject, m.Text)
	}
}
