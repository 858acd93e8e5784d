package storetest

import (
	"slices"
	"strings"
	"time"

	"postil/comments"
)

func siteTests() tests {
	return tests{
		"a site comes back as it was put":                             siteRoundTrip,
		"sites are ordered by host":                                   sitesOrdered,
		"putting a site again replaces its settings and nothing else": siteReplaced,
		"removing a site leaves nothing of it":                        siteRemoved,
		"removing a site leaves the others alone":                     siteRemovedAlone,
		"a site made again has another epoch and starts anew":         siteMadeAgain,
		"an unknown site cannot be removed":                           siteUnknown,
	}
}

func siteRoundTrip(f *fixture) {
	f.site.Settings = comments.Settings{
		Origins: []string{"https://blog.example", "http://localhost:1313"}, Policy: comments.PolicyHoldAll, EditWindow: 90 * time.Minute,
		KeepQuery: []string{"id", "p"}, Language: "pt-BR", Archive: 10, CloseAfter: 1000 * time.Hour, MaxLinks: 3, Words: []string{"casino", `/"\/ é/`},
		Retention: comments.Retention{Held: time.Hour, Spam: 2 * time.Hour, Unconfirmed: 3 * time.Hour, Audit: 4 * time.Hour},
		Webhooks:  []string{"https://hook.example/?a=1&b=<2>"}, Hub: "https://hub.example/", Allow: []string{"hook.example"}, OwnerSerial: 7,
		LearnSince: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Fragment: true,
	}
	f.must(f.PutSite(f.Context(), f.site))
	f.site.Head = 1
	f.same("site", f.site, f.current())
}

func sitesOrdered(f *fixture) {
	for _, host := range []string{"é.example", "b.example", "B.example:80", "a-b.example", "ab.example"} {
		site := f.newSite("placeholder.example")
		site.Host = host
		f.must(f.PutSite(f.Context(), site))
	}
	sites, err := f.Sites(f.Context())
	f.must(err)
	if len(sites) < 6 || !slices.IsSortedFunc(sites, func(a, b comments.Site) int { return strings.Compare(a.Host, b.Host) }) {
		f.Errorf("sites are not in bytewise order of their hosts: %v", sites)
	}
}

func siteReplaced(f *fixture) {
	f.same("head of a new site", int64(0), f.head())
	again := f.newSite(f.site.Host)
	again.Settings.Policy, again.Head = comments.PolicyClosed, 77
	f.must(f.PutSite(f.Context(), again))
	want := f.site
	want.Settings, want.Head = again.Settings, 1
	f.same("site", want, f.current())
	f.same("changes", []comments.Change{f.change(1, "", 0)}, f.changes(0))
}

func siteRemoved(f *fixture) {
	c := f.add1(f.imported("other", "1"))
	f.add(f.reply(c, "answer"), f.on("/second", "elsewhere"), f.held("waits"))
	f.must(f.Alias(f.Context(), f.site.Host, "/old", page))
	f.must(f.RemoveSite(f.Context(), f.site.Host))

	_, err := f.Find(f.Context(), c.ID)
	f.fails(err, comments.NotFound, "")
	_, err = f.Thread(f.Context(), f.site.Host, page)
	f.fails(err, comments.NotFound, "site")

	f.must(f.PutSite(f.Context(), f.site)) // what a leftover would show under again
	f.same("changes", []comments.Change(nil), f.changes(0))
	f.same("thread", comments.Thread{Site: f.site.Host, Page: page}, f.thread(page))
	f.same("alias", comments.Thread{Site: f.site.Host, Page: "/old"}, f.thread("/old"))
	f.same("comments", []comments.Comment(nil), f.all(page))
	known, err := f.Imported(f.Context(), f.site.Host, "other", []string{"1"})
	f.must(err)
	f.same("imported", map[string]comments.ID{}, known)
	f.same("number of the first new comment", int64(1), f.add1(f.imported("other", "1")).Number)
}

func siteRemovedAlone(f *fixture) {
	c := f.add1(f.comment("stays"))
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	theirs := f.comment("goes")
	theirs.Site = other.Host
	f.add(theirs)
	f.must(f.RemoveSite(f.Context(), other.Host))
	f.same("comment", c, f.find(c.ID))
	f.same("changes", []comments.Change{f.change(1, page, 1)}, f.changes(0))
}

// The cursor of a reader that knows a site by its host alone would be right
// by accident, or hide the first changes of the new site.
func siteMadeAgain(f *fixture) {
	f.add(f.comment("one"), f.comment("two"))
	f.must(f.RemoveSite(f.Context(), f.site.Host))
	again := f.newSite(f.site.Host)
	f.must(f.PutSite(f.Context(), again))
	f.add(f.comment("three"))
	again.Head = 1
	f.same("site", again, f.current())
	if again.Epoch == f.site.Epoch {
		f.Error("the epoch is the same")
	}
}

func siteUnknown(f *fixture) {
	f.fails(f.RemoveSite(f.Context(), "unknown.example"), comments.NotFound, "site")
}
