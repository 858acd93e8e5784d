package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func TestQueueDecidesAboutOneComment(t *testing.T) {
	t.Parallel()
	w := start(t)
	for do, want := range map[string]comments.Status{"approve": comments.Published, "spam": comments.Spam, "hold": comments.Held} {
		c, other := w.held("Decide: "+do), w.held("Not this one")
		w.as("ann", "/admin/queue", nil).want(http.StatusOK).has("Decide: "+do, `value="spam `+refOf(other))
		// What else is ticked does not count.
		form := fields("one", do+" "+refOf(c), "id", refOf(other), "back", "/admin/queue?text=Decide")
		a := w.as("ann", "/admin/decide", form).want(http.StatusSeeOther)
		where, err := url.Parse(a.header.Get("Location"))
		w.must(err)
		if q := where.Query(); where.Path != "/admin/queue" || q.Get("text") != "Decide" || q.Get("done") != do || q.Get("about") != c.ID.String() {
			t.Errorf("%s leads to %s", do, where)
		}
		w.next("ann", a).has("1 comment is", `<a href="/admin/comments/`+c.ID.String())
		if got := w.stored(c.ID); got.Status != want || got.By != "ann" && do != "hold" {
			t.Errorf("%s: the comment is %s by %q", do, got.Status, got.By)
		}
		if got := w.stored(other.ID); got.Status != comments.Held || got.By != "" {
			t.Errorf("%s: another comment is %s by %q", do, got.Status, got.By)
		}
	}
}

func TestErasingAsksFirst(t *testing.T) {
	t.Parallel()
	w := start(t)
	form := fields("do", "erase", "back", "/admin/queue")
	var all []comments.Comment
	for i := range maxQuoted + 3 {
		c := w.held(fmt.Sprintf("Erase me, number %d", i))
		all = append(all, c)
		form.Add("id", refOf(c))
	}
	page := w.as("ann", "/admin/decide", form).want(http.StatusOK)
	page.has("Really erase 23 comments?", "number 0", "number 19", "And 3 more.", "Erase 23 comments", `href="/admin/queue"`).lacks("number 20")
	if w.stored(all[0].ID).Status != comments.Held {
		t.Fatal("it was erased without asking")
	}
	w.next("ann", w.as("ann", "/admin/decide", page.form())).has("23 comments are erased.")
	for _, c := range all {
		if got := w.stored(c.ID); got.Status != comments.Deleted || got.Source != "" || got.By != "ann" {
			t.Fatalf("a comment is %s, %q by %q", got.Status, got.Source, got.By)
		}
	}
	w.as("ann", "/admin/comments/"+all[0].ID.String(), nil).want(http.StatusOK).has("Erased comment", "This comment was removed.").lacks("Erase me")
	w.as("ann", "/admin/decide", fields("one", "approve "+refOf(all[0]))).want(http.StatusConflict).has("deleted")
}

// form returns the hidden fields of the last form of a page, as a browser
// would send them.
func (a answer) form() url.Values {
	a.Helper()
	form := url.Values{}
	last := a.body[strings.LastIndex(a.body, "<form"):]
	for _, input := range strings.Split(last, `<input type="hidden" name="`)[1:] {
		name, rest, _ := strings.Cut(input, `" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		form.Add(name, unescape(value))
	}
	return form
}

func TestAllOrNothingOfASiteIsDecided(t *testing.T) {
	t.Parallel()
	w := start(t)
	c, gone := w.held("One"), w.held("Two")
	_, err := w.Erase(t.Context(), "root", "blog.example", []comments.ID{gone.ID})
	w.must(err)
	form := fields("do", "approve", "id", refOf(c), "id", refOf(gone))
	w.as("root", "/admin/decide", form).want(http.StatusConflict)
	if got := w.stored(c.ID); got.Status != comments.Held {
		t.Errorf("half of the selection is decided: %s", got.Status)
	}
	elsewhere := w.held("On the other site", func(d *comments.Draft) { d.Site = "other.example" })
	form = fields("do", "approve", "id", refOf(elsewhere), "id", refOf(gone), "id", refOf(c))
	w.as("root", "/admin/decide", form).want(http.StatusConflict).has("1 of 3 comments")
	if w.stored(elsewhere.ID).Status != comments.Published || w.stored(c.ID).Status != comments.Held {
		t.Error("sites are not decided one by one")
	}
}

// counting counts transactions.
type counting struct {
	comments.Store
	updates []int // how many comments each changed
}

func (c *counting) Update(ctx ctx, site string, act comments.Act, ids []comments.ID, edit func(*comments.Comment) error) ([]comments.Comment, int64, error) {
	c.updates = append(c.updates, len(ids))
	return c.Store.Update(ctx, site, act, ids, edit)
}

func TestAThousandCommentsAreOneTransaction(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, ...func(*Config)) *world{"sqlite": start, "postgres": startPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			count := &counting{Store: w.Store}
			w.Service.Store = count
			w.flood("blog.example", maxSelected)
			form := fields("do", "spam", "back", "/admin/queue")
			for _, c := range w.newest("blog.example", maxSelected) {
				form.Add("id", refOf(c))
			}
			begun := time.Now()
			w.next("ann", w.as("ann", "/admin/decide", form)).has("1000 comments are spam now.", "Nothing waits")
			t.Logf("%d comments decided in %v", maxSelected, time.Since(begun).Round(time.Millisecond))
			if len(count.updates) != 1 || count.updates[0] != maxSelected {
				t.Errorf("transactions of %v comments", count.updates)
			}
		})
	}
}

// flood adds held comments in batches, as a flood of spam would.
func (w *world) flood(host string, n int) {
	w.Helper()
	const batch = 500
	for done := 0; done < n; done += batch {
		list := make([]comments.Comment, min(batch, n-done))
		for i := range list {
			at := w.now().UTC().Truncate(time.Microsecond)
			id, err := newID(at)
			w.must(err)
			text := fmt.Sprintf("Comment %d of a flood, which has a few words.", done+i)
			list[i] = comments.Comment{
				ID: id, Site: host, Page: comments.Page(fmt.Sprintf("/post-%d", i%7)), Status: comments.Held, Author: comments.Author{Name: "Flood"},
				Source: text, Markup: comments.Markdown, HTML: comments.HTML("<p>" + text + "</p>\n"), Created: at, Decided: at, Verdicts: "links=120",
			}
		}
		_, err := w.Store.Add(w.Context(), list)
		w.must(err)
	}
}

func (w *world) newest(host string, n int) []comments.Comment {
	w.Helper()
	list, err := w.Store.Search(w.Context(), comments.Filter{Site: host, Limit: n})
	w.must(err)
	return list
}

func TestListsAreSearchedAndPaged(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.flood("blog.example", 120)
	w.flood("other.example", 30)
	signed := w.held("Signed words", func(d *comments.Draft) { d.Name, d.Page = "Aiko#lantern", "/signed/" })
	seen := map[string]bool{}
	path := "/admin/queue"
	for path != "" {
		page := w.as("root", path, nil).want(http.StatusOK)
		for _, part := range strings.Split(page.body, `<article class="card`)[1:] {
			_, id, _ := strings.Cut(part, `id="comment-`)
			seen[id[:36]] = true
		}
		path = ""
		if before, _, ok := strings.Cut(page.body, `" rel="next"`); ok {
			path = unescape(before[strings.LastIndex(before, `href="`)+6:])
		}
	}
	if len(seen) != 151 {
		t.Errorf("paging shows %d of 151 comments", len(seen))
	}
	for query, n := range map[string]int{
		"site=other.example&size=200": 30, "size=200": 151, "size=1000&status=held": 151, "status=published": 0,
		"badge=" + signed.Author.Badge.String(): 1, "text=SIGNED+words": 1, "page=/signed": 1, "page=https://blog.example/signed/index.html": 1,
		"text=flood&site=other.example": 30, "badge=" + strings.ToUpper(signed.Author.Badge.String()) + "&site=other.example": 0,
	} {
		page := w.as("root", "/admin/comments?"+query, nil).want(http.StatusOK)
		if got := strings.Count(page.body, `<article class="card`); got != n {
			t.Errorf("%s finds %d comments, want %d", query, got, n)
		}
	}
	w.as("root", "/admin/queue", nil).has("151 comments wait for a decision.", `<span class="badge-count">130+`)
	w.as("root", "/admin/comments?text=%22%3E%3Cscript%3E&badge=odd", nil).want(http.StatusBadRequest).
		has(`value="&#34;&gt;&lt;script&gt;"`, `aria-invalid="true"`, "is not a badge")
}
