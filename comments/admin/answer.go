package admin

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"postil/comments"
	"postil/static"
)

// answerForm is the form for answering a comment, or nil where it cannot be
// answered.
func (s *server) answerForm(v *visit, c comments.Comment, back string) *static.AdminAnswer {
	if c.Status != comments.Published {
		return nil
	}
	return &static.AdminAnswer{
		Lang:   v.lang,
		Action: s.address("comments/" + c.ID.String() + "/answer"), Back: back,
		Name: v.who.Name, Key: string(comments.NewIdempotencyKey()), ParentName: nameOf(v.lang, c),
		MaxName: comments.MaxName,
	}
}

// answer is POST /admin/comments/ID/answer: previews or publishes an answer
// with the owner's mark.
func (s *server) answer(v *visit) error {
	c, site, err := s.comment(v)
	if err != nil {
		return err
	}
	form := s.answerForm(v, c, s.backURL(v, "/admin/comments/"+c.ID.String()).String())
	if form == nil {
		return comments.NewError(comments.Conflict, "Only published comments can be answered; approve this one first.")
	}
	form.Name, form.Body, form.Key = v.typed("name"), v.form.Get("body"), v.typed("key")
	if v.typed("do") == "preview" {
		html, err := s.Service.Preview(form.Body)
		if err == nil {
			form.Preview = html
			return s.writeComment(v, http.StatusOK, c, site, form)
		}
		return s.refuseAnswer(v, c, site, form, err)
	}
	err = checkAnswerName(form.Name)
	var made comments.Comment
	if err == nil {
		made, err = s.Service.Answer(v.r.Context(), form.Name, c.ID, form.Body, comments.IdempotencyKey(form.Key))
	}
	if err != nil {
		return s.refuseAnswer(v, c, site, form, err)
	}
	u, _ := url.Parse(form.Back) // of backURL, which has parsed it
	u.Fragment = anchor(made.ID)
	v.form.Set("back", u.String())
	s.seeDone(v, "/admin/queue", "answered", "about", made.ID.String())
	return nil
}

// checkAnswerName refuses a name that would not be signed: the owner's key goes
// behind its #, and must not become part of what readers see.
func checkAnswerName(name string) error {
	switch {
	case name == "":
		return comments.FieldError("name", "is missing; readers see it beside the owner's mark")
	case strings.Contains(name, "#"):
		return comments.FieldError("name", "has a #; leave it out, for answers are signed by themselves")
	case utf8.RuneCountInString(name) > comments.MaxName:
		return comments.FieldError("name", "has more than %d characters", comments.MaxName)
	}
	return nil
}

// refuseAnswer shows the form again, with what is wrong and all that was
// typed.
func (s *server) refuseAnswer(v *visit, c comments.Comment, site comments.Site, form *static.AdminAnswer, err error) error {
	f := v.faultOf(err)
	s.logFault(v, f, err)
	f.set(v.header())
	form.Field, form.Problem = f.field, f.text
	if f.field == "key" { // used up: sending again is meant as another answer
		form.Key = string(comments.NewIdempotencyKey())
	}
	return s.writeComment(v, f.status, c, site, form)
}
