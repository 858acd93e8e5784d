package admin

import (
	"io"
	"net/http"
	"slices"

	"postil/comments"
	"postil/static"
)

const (
	// threadSize is how many comments of a thread stand on one page.
	threadSize = 200
	// maxDepth is how deep answers are shown below each other.
	maxDepth = 9
)

// showThread is GET /admin/thread: all comments of one page, as they answer
// each other.
func (s *server) showThread(v *visit) error {
	site, err := s.site(v, v.query("site"))
	if err != nil {
		return err
	}
	page, err := site.Page(v.query("page"))
	if err != nil {
		return err
	}
	q := search{site: site.Host, sites: []comments.Site{site}, page: string(page), size: threadSize}
	if err := q.read(v); err != nil {
		return err
	}
	list, more, err := s.run(v.r.Context(), q)
	if err != nil {
		return err
	}
	thread, err := s.Service.Store.Thread(v.r.Context(), site.Host, page)
	if err != nil {
		return err
	}
	view := s.threadView(v, site, thread)
	if more {
		view.Older = s.address("thread", "site", site.Host, "page", string(page), "before", list[len(list)-1].ID.String())
	}
	if !q.before.IsZero() {
		view.Newest = s.address("thread", "site", site.Host, "page", string(page))
	}
	for _, e := range arrange(list) {
		view.Entries = append(view.Entries, s.threadEntry(v, e))
	}
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminThread(out, view) })
}

func (s *server) threadView(v *visit, site comments.Site, thread comments.Thread) static.AdminThreadPage {
	return static.AdminThreadPage{
		AdminPage: s.page(v, "comments", place(site, thread.Page)), PageURL: site.Link(thread.Page),
		ReadURL: s.ThreadURL(site.Host, thread.Page), FeedURL: s.FeedURL(site.Host, thread.Page),
		Lead: static.Count(v.lang, "admin.thread.visible", thread.Visible),
		Site: site.Host, Path: string(thread.Page), Closed: thread.Closed,
		Action: s.address("thread"), Decide: s.address("decide"), Back: s.here(v), Acts: allActs(v.lang),
	}
}

// threadEntry is one comment of a thread. The way to its answer form leads to
// its page, where all is that one may want to know before answering.
func (s *server) threadEntry(v *visit, e nested) static.AdminThreadEntry {
	entry := static.AdminThreadEntry{AdminComment: s.card(v.lang, e.site, e.Comment)}
	entry.Depth = min(e.depth, maxDepth)
	if e.Status == comments.Published {
		entry.AnswerURL = s.commentURL(e.ID) + "#answer"
	}
	return entry
}

// nested is a comment with how deep it stands.
type nested struct {
	found
	depth int
}

// arrange puts comments, newest first, into the order of a conversation:
// oldest first, answers below what they answer.
func arrange(list []found) (thread []nested) {
	here := make(map[comments.ID]bool, len(list))
	for _, c := range list {
		here[c.ID] = true
	}
	answers := map[comments.ID][]found{}
	for _, c := range slices.Backward(list) {
		parent := c.Parent
		if !here[parent] {
			parent = comments.ID{} // it answers none, or one that is on another page of the list
		}
		answers[parent] = append(answers[parent], c)
	}
	var add func(parent comments.ID, depth int)
	add = func(parent comments.ID, depth int) {
		for _, c := range answers[parent] {
			thread = append(thread, nested{c, depth})
			add(c.ID, depth+1)
		}
	}
	add(comments.ID{}, 0)
	return thread
}

// closeThread is POST /admin/thread: closes a page to new comments, or opens
// it.
func (s *server) closeThread(v *visit) error {
	site, err := s.site(v, v.typed("site"))
	if err != nil {
		return err
	}
	do := v.typed("do")
	if do != "close" && do != "open" {
		return comments.FieldError("do", "%q is neither close nor open", do)
	}
	if err := s.Service.CloseThread(v.r.Context(), site.Host, v.typed("page"), do == "close"); err != nil {
		return err
	}
	s.seeDone(v, "/admin/comments", do)
	return nil
}
