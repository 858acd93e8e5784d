package feeds

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postil/comments"
)

// repliesPath is where the answers to a comment stand.
func repliesPath(c comments.Comment) string {
	return Path("blog.example", c.Page, Document{Replies: c.ID})
}

// answers returns the answers that a feed holds, by the first word of each.
func (w *world) answers(c comments.Comment) (words []string) {
	w.t.Helper()
	for _, entry := range strings.Split(string(w.ask("/"+repliesPath(c)).Body), "<entry>")[1:] {
		_, after, _ := strings.Cut(entry, "<p>")
		words = append(words, strings.Fields(strings.ReplaceAll(after, "</p>", " "))[0])
	}
	return words
}

func (w *world) answered(c comments.Comment, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.answers(c)); diff != "" {
		w.t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestAnswersToOneCommentHaveAFeedOnceItIsAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	first := w.post("/post", "first words", parent.ID)
	w.post("/post", "deeper words", first.ID)
	w.post("/post", "elsewhere words", comments.ID{})
	w.pass()
	if w.dir.exists(repliesPath(parent)) {
		t.Error("there is a feed that nobody asked for")
	}
	w.answered(parent, "first")
	f := w.ask("/" + repliesPath(parent))
	if f.Type != "application/xml; charset=utf-8" || !strings.HasPrefix(f.Policy, "default-src 'none'; ") || f.ETag == "" || f.Gzip == nil || f.Brotli == nil {
		t.Errorf("type %s, policy %s, tag %s, twins of %d and %d bytes", f.Type, f.Policy, f.ETag, len(f.Gzip), len(f.Brotli))
	}
	w.post("/post", "second words", parent.ID)
	w.pass()
	for _, suffix := range suffixes {
		body, _, err := w.dir.read(repliesPath(parent) + suffix)
		if err == nil && suffix != "" {
			var text string
			text, err = unpack(suffix, body)
			body = []byte(text)
		}
		if err != nil || !strings.Contains(string(body), "second words") {
			t.Errorf("%s was not kept (%v)", repliesPath(parent)+suffix, err)
		}
	}
	w.answered(parent, "second", "first")
	w.answered(first, "deeper")
}

func TestFeedOfAnswersIsWrittenOnlyWhenTheyChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent, other := w.post("/post", "question", comments.ID{}), w.post("/post", "other", comments.ID{})
	w.answers(parent)
	w.pass()
	before := modified(t, w.path)[repliesPath(parent)]
	w.post("/post", "answer to the other", other.ID)
	w.fill("/post", 30)
	w.pass()
	if after := modified(t, w.path)[repliesPath(parent)]; after != before {
		t.Errorf("written again: %v, then %v", before, after)
	}
	w.post("/post", "answer", parent.ID)
	w.pass()
	if after := modified(t, w.path)[repliesPath(parent)]; after == before {
		t.Error("not written")
	}
}

func TestErasedAnswerIsInNoFeedWhenThatIsAcknowledged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settleBy()
	defer w.run()()
	parent := w.post("/post", "question", comments.ID{})
	w.fill("/post", 40) // the question is in an archive
	for range 4 {
		answer := w.post("/post", "SECRET "+strings.Repeat("word ", 100), parent.ID)
		site, err := w.service.Store.Sites(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.wait(site[0].Head)
		if got := w.answers(parent); len(got) != 1 || got[0] != "SECRET" {
			t.Fatalf("answers %v", got)
		}
		if _, err := w.service.Erase(t.Context(), "mod", "blog.example", []comments.ID{answer.ID}); err != nil {
			t.Fatal(err)
		}
		checkGone(t, w, "SECRET")
	}
}

func TestErasedCommentTakesItsFeedWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	w.post("/post", "answer", parent.ID)
	w.answered(parent, "answer")
	w.decide(comments.Held, parent.ID)
	w.pass()
	w.refuses(comments.NotFound, "/"+repliesPath(parent))
	if w.dir.exists(repliesPath(parent)) {
		t.Error("the feed of a comment that is held again is still there")
	}
	w.decide(comments.Published, parent.ID)
	w.answered(parent, "answer")
	if _, err := w.service.Erase(t.Context(), "mod", "blog.example", []comments.ID{parent.ID}); err != nil {
		t.Fatal(err)
	}
	w.pass()
	_, err := w.File(t.Context(), "/"+repliesPath(parent))
	if gone, ok := errors.AsType[*Gone](err); !ok || !gone.Gone() || comments.KindOf(err) != comments.NotFound {
		t.Errorf("got %v", err)
	}
	for name := range tree(t, w.path) {
		if strings.Contains(name, "replies-") {
			t.Errorf("%s is still there", name)
		}
	}
	w.agrees()
}

func TestOnlyPublishedCommentsHaveAFeedOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	w.putSite("https://blog.example", func(s *comments.Site) { s.Settings.Policy = comments.PolicyHoldAll })
	w.serve()
	held := w.post("/post", "held", parent.ID)
	w.pass()
	w.answered(parent)
	elsewhere := parent
	elsewhere.Page = "/elsewhere"
	unknown := comments.Comment{ID: numbered(999), Page: "/post"}
	w.refuses(comments.NotFound, "/"+repliesPath(held), "/"+repliesPath(elsewhere), "/"+repliesPath(unknown))
	if w.dir.exists(repliesPath(held)) || w.dir.exists("feeds/blog.example/elsewhere") {
		t.Error("files were written for what there is not")
	}
}

func TestFeedOfAnswersMovesWithItsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/old", "question", comments.ID{})
	w.post("/old", "answer", parent.ID)
	w.answered(parent, "answer")
	if err := w.store.Alias(t.Context(), "blog.example", "/old", "/new"); err != nil {
		t.Fatal(err)
	}
	w.pass()
	w.leads("/"+repliesPath(parent), "/talk/feeds/blog.example/new/replies-"+parent.ID.String()+".xml")
	if w.dir.exists("feeds/blog.example/old") {
		t.Error("the former page still has files")
	}
	parent.Page = "/new"
	w.answered(parent, "answer")
	w.leads("/feeds/blog.example/new/index.html/replies-"+parent.ID.String()+".xml", "/talk/"+repliesPath(parent))
}

func TestPagesWhosePathCannotBeReadBackHaveFeedsOfAnswersToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/"+strings.Repeat("y", 300), "question", comments.ID{})
	w.post(string(parent.Page), "answer", parent.ID)
	if !hashed(repliesPath(parent)) {
		t.Fatalf("the path is %s", repliesPath(parent))
	}
	w.answered(parent, "answer")
	other := strings.Replace(repliesPath(parent), parent.ID.String(), numbered(999).String(), 1)
	w.refuses(comments.NotFound, "/"+other, "/feeds/blog.example/=="+strings.Repeat("0", 64)+"/replies-"+parent.ID.String()+".xml")
	w.pass()
	w.answered(parent, "answer")
}

func TestAPageKeepsABoundedNumberOfFeedsOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := w.fill("/post", maxReplies+2)
	last := all[len(all)-1]
	w.post("/post", "answer", last.ID)
	w.pass()
	for _, c := range all {
		w.answers(c)
	}
	files, err := w.allReplies("feeds/blog.example/post")
	if err != nil || len(files) != maxReplies {
		t.Errorf("%d files, %v", len(files), err)
	}
	w.answered(last, "answer") // without a file
	w.post("/post", "another", last.ID)
	w.answered(last, "another", "answer")
}

func TestAFeedOfAnswersHoldsTheNewest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	for i := range repliesLimit + 3 {
		w.post("/post", fmt.Sprintf("%d", i), parent.ID)
	}
	got := w.answers(parent)
	if len(got) != repliesLimit || !strings.HasPrefix(got[0], fmt.Sprint(repliesLimit+2)) {
		t.Errorf("%d answers, the first is %s", len(got), got[0])
	}
}

func TestCheckKnowsFeedsOfAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	w.post("/post", "answer", parent.ID)
	w.answers(parent)
	w.pass()
	check := func() map[string]Fault {
		t.Helper()
		found := map[string]Fault{}
		if err := w.Check(t.Context(), func(d Difference) { found[d.Path] = d.Fault }); err != nil {
			t.Fatal(err)
		}
		return found
	}
	if found := check(); len(found) > 0 {
		t.Errorf("right files are reported: %v", found)
	}
	stray := Path("blog.example", "/post", Document{Replies: numbered(999)})
	nowhere := Path("blog.example", "/nowhere", Document{Replies: parent.ID})
	w.spoil(repliesPath(parent), "spoilt")
	w.spoil(stray, "stray")
	w.spoil(nowhere, "stray")
	want := map[string]Fault{repliesPath(parent): Stale, stray: Extra, nowhere: Extra}
	if diff := cmp.Diff(want, check()); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if err := w.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if found := check(); len(found) > 0 || w.dir.exists(stray) || w.dir.exists(nowhere) {
		t.Errorf("a rebuild leaves %v", found)
	}
	w.answered(parent, "answer")
}

func TestAnEmptiedDirectoryMakesFeedsOfAnswersAgainWhenAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	w.post("/post", "answer", parent.ID)
	w.answers(parent)
	w.pass()
	if err := os.RemoveAll(filepath.Join(w.path, "feeds")); err != nil {
		t.Fatal(err)
	}
	w.pass()
	w.agrees()
	w.answered(parent, "answer")
}

func TestAClosedPageSaysSoInAllItsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent := w.post("/post", "question", comments.ID{})
	w.answers(parent)
	w.pass()
	close := func(closed bool) {
		t.Helper()
		if err := w.service.CloseThread(t.Context(), "blog.example", "/post", closed); err != nil {
			t.Fatal(err)
		}
		w.pass()
	}
	for _, closed := range []bool{true, false} {
		close(closed)
		for _, name := range []string{"feed.xml", "thread.html", "thread.json", Document{Replies: parent.ID}.Name()} {
			body := string(w.ask("/feeds/blog.example/post/" + name).Body)
			says := strings.Contains(body, "Comments are closed.") || strings.Contains(body, `"closed":true`)
			if says != closed || closed && strings.Contains(body, "/comment?") {
				t.Errorf("closed %v: %s says so: %v", closed, name, says)
			}
		}
	}
	w.agrees()
}

func TestFeedsOfAnswersOutliveTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent, other := w.post("/post", "question", comments.ID{}), w.post("/post", "other", comments.ID{})
	w.post("/post", "answer", parent.ID)
	w.answers(parent)
	w.pass()
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w.dir.cache.dropTree("feeds")
	w.answered(parent, "answer")
	w.refuses(comments.Unavailable, "/"+repliesPath(other))
	w.lastScan = time.Now()
	w.refuses(comments.Unavailable, "/"+strings.Replace(repliesPath(other), "/post/", "/quiet/", 1))
}
