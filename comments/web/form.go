package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"postil/comments"
	"postil/static"
	"postil/static/csp"
)

const (
	// maxForm is how many bytes a posted form may have: percent-encoding
	// makes three of one.
	maxForm = 3 * comments.MaxRequest
	// trapField is the field that people do not see.
	trapField = "url"
	// maxTypedName is how long a name can be with the # and the secret that
	// signs it.
	maxTypedName = comments.MaxName + 1 + comments.MaxNameSecret
	// maxQuote is how many characters of a comment stand above an answer.
	maxQuote = 240
)

// showForm is GET /comment.
func (s *server) showForm(w *response, r *http.Request) error {
	query := r.URL.Query()
	site, err := s.Service.Site(r.Context(), strings.TrimSpace(query.Get("site")))
	if err != nil {
		return err
	}
	page, err := site.Page(query.Get("page"))
	if err != nil {
		return err
	}
	if err := s.open(r.Context(), site, page); err != nil {
		return &backlink{err, site.Link(page)}
	}
	f := form{site: site, page: page, parent: query.Get("parent"), given: s.Now(), draft: comments.Draft{Key: comments.NewIdempotencyKey()}}
	if err := s.quote(r.Context(), &f); err != nil {
		return &backlink{err, site.Link(page)}
	}
	return s.writeForm(w, http.StatusOK, f)
}

// open returns an error if a page is known to take no new comments. While the
// database is away the form is given out all the same: what is posted in the
// meantime is told to come back.
func (s *server) open(ctx context.Context, site comments.Site, page comments.Page) error {
	if site.Settings.Policy == comments.PolicyClosed {
		return comments.NewError(comments.Forbidden, "Comments on %s are closed.", site.Host)
	}
	if thread, err := s.Service.Store.Thread(ctx, site.Host, page); err == nil && thread.Closed {
		return comments.NewError(comments.Forbidden, "Comments on %s are closed.", place(site, page))
	}
	return nil
}

// postForm is POST /comment. Whatever is wrong, the writer gets back what was
// written.
func (s *server) postForm(w *response, r *http.Request) error {
	values, err := readForm(r)
	if err != nil {
		return err
	}
	about, expired, err := s.tokens.open(values.Get("token"), s.Now())
	if err != nil {
		return err
	}
	f, err := s.typed(r.Context(), about, values)
	if err != nil {
		return err
	}
	switch {
	case expired:
		f.given = s.Now()
		err = comments.NewError(comments.Invalid, "This form has been open for more than a day. Nothing is lost: post it again.").Told("fault.expired")
	case values.Get("do") == "preview":
		err = s.previewForm(w, r, &f)
	default:
		var receipt comments.Receipt
		if receipt, err = s.submitForm(w, r, f.draft); err == nil {
			s.see(w, ownPath(receipt.Comment.ID, "done", receipt.EditKey))
			return nil
		}
	}
	return s.answerForm(w, r, f, err)
}

// form is the form for a new comment with what has been typed so far.
type form struct {
	site    comments.Site
	page    comments.Page
	parent  string            // id of the comment to be answered, or empty
	quoted  *comments.Comment // that comment, if it is at hand
	given   time.Time         // when its writer got it, before any mistake or preview
	draft   comments.Draft
	preview static.Markup
	fault   fault // zero: none
}

// typed puts together what the token says and what was typed. The quote is
// only an ornament now: that it cannot be had must not cost the writer's
// words.
func (s *server) typed(ctx context.Context, about subject, values url.Values) (form, error) {
	site, err := s.Service.Site(ctx, about.site)
	if err != nil {
		return form{}, err
	}
	f := form{site: site, page: comments.Page(about.page), parent: about.parent, given: about.given, draft: comments.Draft{
		Site: about.site, Page: about.page, Parent: about.parent,
		Name: values.Get("name"), Website: values.Get("website"), Body: values.Get("body"), Key: about.key,
		Evidence: comments.Evidence{Trap: values.Get(trapField) != "", Form: true, FormAge: about.age(s.Now())},
	}}
	if s.Mail {
		f.draft.Email, f.draft.Notify = values.Get("email"), values.Has("notify")
	}
	_ = s.quote(ctx, &f)
	return f, nil
}

func (s *server) previewForm(w *response, r *http.Request, f *form) error {
	if err := s.previews.check(w, r); err != nil {
		return err
	}
	html, err := s.Service.Preview(f.draft.Body)
	if err == nil {
		f.preview = html
	}
	return err
}

func (s *server) submitForm(w *response, r *http.Request, d comments.Draft) (comments.Receipt, error) {
	if err := s.posts.check(w, r); err != nil {
		return comments.Receipt{}, s.metrics.refused(err)
	}
	return s.submit(r, d)
}

// submit hands a draft on, with what is known of where it comes from.
func (s *server) submit(r *http.Request, d comments.Draft) (comments.Receipt, error) {
	if s.Rate.Count > 0 { // else the operator does not mind how much comes from one network
		d.Evidence.Nearby = s.nearby.add(r)
	}
	receipt, err := s.Service.Submit(r.Context(), d)
	if err != nil {
		return receipt, s.metrics.refused(err)
	}
	s.metrics.posted(receipt)
	return receipt, nil
}

// answerForm shows the form again, with what is wrong if something is.
func (s *server) answerForm(w *response, r *http.Request, f form, err error) error {
	if err == nil {
		return s.writeForm(w, http.StatusOK, f)
	}
	f.fault = faultOf(err, w.id)
	s.logFault(w, r, f.fault, err)
	failHeader(w, f.fault)
	switch f.fault.field {
	case "key": // used up: posting again is meant as another comment
		f.draft.Key, f.fault.key = comments.NewIdempotencyKey(), "fault.posted"
	case "parent": // gone: the comment can still stand by itself
		f.parent, f.quoted = "", nil
	}
	return s.writeForm(w, f.fault.status, f)
}

func (s *server) writeForm(w *response, status int, f form) error {
	lang := f.site.Settings.Language
	field, problem := f.fault.told(lang)
	view := static.FormPage{
		Page:    s.view(lang, static.Text(lang, "form.title")),
		Place:   place(f.site, f.page),
		PageURL: f.site.Link(f.page),
		Action:  s.path + "/comment",
		Token:   s.tokens.seal(subject{f.site.Host, string(f.page), f.parent, f.draft.Key, f.given}),
		Name:    f.draft.Name, Website: f.draft.Website, Mail: s.Mail, Email: f.draft.Email, Notify: f.draft.Notify, Body: f.draft.Body,
		Field: field, Problem: problem, Preview: f.preview, PrivacyURL: s.privacyURL(f.site.Host),
		MaxBody: comments.MaxBody, MaxName: maxTypedName, MaxWebsite: comments.MaxWebsite, MaxEmail: comments.MaxEmail,
	}
	if f.quoted != nil {
		name := nameOf(*f.quoted, lang)
		view.Title = static.Text(lang, "form.reply", "name", name)
		view.Parent = &static.Quote{Name: name, Text: f.quoted.HTML.Excerpt(maxQuote)}
	}
	return writePage(w, status, csp.Form(), func(out io.Writer) error { return static.RenderForm(out, view) })
}

// quote finds the comment to be answered, which readers must be able to see
// on the same page.
func (s *server) quote(ctx context.Context, f *form) error {
	if f.parent == "" {
		return nil
	}
	invisible := comments.FieldError("parent", "is no visible comment of this page; reload the page and answer again")
	id, err := comments.ParseID(f.parent)
	if err != nil {
		return invisible
	}
	c, err := s.Service.Store.Find(ctx, id)
	if comments.KindOf(err) == comments.NotFound {
		return invisible
	}
	if err != nil {
		return err
	}
	thread, err := s.Service.Store.Thread(ctx, f.site.Host, f.page)
	if err != nil {
		return err
	}
	if c.Site != f.site.Host || c.Page != thread.Page || c.Status != comments.Published {
		return invisible
	}
	f.quoted = &c
	return nil
}

// readForm reads the body of a posted form.
func readForm(r *http.Request) (url.Values, error) {
	if err := checkMediaType(r, "application/x-www-form-urlencoded"); err != nil {
		return nil, err
	}
	body, err := readBody(r, maxForm)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, comments.NewError(comments.Invalid, "The request body is not a well-formed form.")
	}
	return values, nil
}
