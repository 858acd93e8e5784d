package storetest

import (
	"slices"
	"strings"
	"time"

	"postil/comments"
)

func searchTests() tests {
	return tests{
		"a search without fields returns all, newest first":    searchAll,
		"a search by statuses returns those of any":            searchStatuses,
		"a search by page follows its alias":                   searchPage,
		"a search by badge returns what its holder wrote":      searchBadge,
		"a search finds text in name, website and source":      searchText,
		"a search finds text in any case of any script":        searchCase,
		"a search takes no character for a pattern":            searchLiteral,
		"a search for what was judged leaves out all else":     searchJudged,
		"a search by time takes since and until at their word": searchTime,
		"a search is paged by the last id of each page":        searchPaged,
		"a search by many fields takes what all of them let":   searchMany,
		"a search sees its own site only":                      searchSite,
	}
}

// search demands the comments that a filter finds.
func (f *fixture) search(what string, filter comments.Filter, want ...comments.Comment) {
	f.Helper()
	filter.Site = f.site.Host
	if filter.Limit == 0 {
		filter.Limit = 10
	}
	got, err := f.Search(f.Context(), filter)
	f.must(err)
	want = slices.Clone(want)
	slices.SortFunc(want, func(a, b comments.Comment) int { return slices.Compare(b.ID[:], a.ID[:]) })
	f.same(what, want, got)
}

// four adds a comment of each status.
func (f *fixture) four() []comments.Comment {
	f.Helper()
	c := f.add(f.comment("published"), f.comment("held"), f.comment("spam"), f.comment("deleted"))
	c[1], c[2], c[3] = f.decide(comments.Held, c[1].ID)[0], f.decide(comments.Spam, c[2].ID)[0], f.erase(c[3].ID)[0]
	return c
}

func searchAll(f *fixture) { f.search("all", comments.Filter{}, f.four()...) }

func searchStatuses(f *fixture) {
	c := append(f.four(), f.add1(f.held("waits")))
	for i, status := range []comments.Status{comments.Published, comments.Held, comments.Spam, comments.Deleted} {
		want := []comments.Comment{c[i]}
		if status == comments.Held {
			want = append(want, c[4])
		}
		f.search(string(status), comments.Filter{Statuses: []comments.Status{status}}, want...)
	}
	queue := []comments.Status{comments.Held, comments.Spam}
	f.search("held and spam", comments.Filter{Statuses: queue}, c[1], c[2], c[4])
	f.search("held and spam, the first two", comments.Filter{Statuses: queue, Limit: 2}, c[2], c[4])
	f.search("held and spam, the next", comments.Filter{Statuses: queue, Limit: 2, Before: c[2].ID}, c[1])
	f.search("published twice", comments.Filter{Statuses: []comments.Status{comments.Published, comments.Published}}, c[0])
	f.search("unheard of", comments.Filter{Statuses: []comments.Status{"unheard of"}})
}

func searchPage(f *fixture) {
	c := f.add(f.on("/old", "1"), f.on("/other", "1"), f.on("/old", "2"))
	f.alias("/old", "/new")
	c[0].Page, c[2].Page = "/new", "/new"
	f.search("by its page", comments.Filter{Page: "/new"}, c[0], c[2])
	f.search("by a former page", comments.Filter{Page: "/old"}, c[0], c[2])
	f.search("by page and status", comments.Filter{Page: "/new", Statuses: []comments.Status{comments.Spam, comments.Published}}, c[0], c[2])
	f.search("by page and another status", comments.Filter{Page: "/new", Statuses: []comments.Status{comments.Held}})
	f.search("by an unknown page", comments.Filter{Page: "/unknown"})
}

// signed returns a comment with a badge.
func (f *fixture) signed(badge byte, body string) comments.Comment {
	c := f.comment(body)
	c.Author.Badge = comments.Badge{badge, 0xff}
	return c
}

func searchBadge(f *fixture) {
	c := f.add(f.signed(1, "1"), f.signed(2, "2"), f.comment("unsigned"), f.signed(1, "3"))
	c[3] = f.decide(comments.Spam, c[3].ID)[0]
	f.search("badge 1", comments.Filter{Badge: c[0].Author.Badge}, c[0], c[3])
	f.search("badge 1, spam", comments.Filter{Badge: c[0].Author.Badge, Statuses: []comments.Status{comments.Spam}}, c[3])
	f.search("badge 3", comments.Filter{Badge: comments.Badge{3}})
	f.erase(c[1].ID)
	f.search("badge 2, whose comment was erased", comments.Filter{Badge: c[1].Author.Badge})
}

func searchText(f *fixture) {
	c := f.add(f.comment("a needle in hay"), f.comment("hay"), f.comment("hay"), f.held("Needle"))
	c[1] = f.update(func(c *comments.Comment) { c.Author.Name = "Ned Needleman" }, c[1].ID)[0]
	c[2] = f.update(func(c *comments.Comment) { c.Author.Website = "https://needle.example/" }, c[2].ID)[0]
	f.add(f.imported("nee", "dle"))
	f.search("needle", comments.Filter{Text: "needle"}, c...)
	f.search("NEEDLE that is held", comments.Filter{Text: "NEEDLE", Statuses: []comments.Status{comments.Held}}, c[3])
	f.erase(c[0].ID)
	f.search("needle that was erased", comments.Filter{Text: "needle in hay"})
}

func searchCase(f *fixture) {
	c := f.add(f.comment("Größe"), f.comment("ДЕЛО"), f.comment("Ǆ"), f.comment("Kelvin \u212a"))
	for text, want := range map[string]comments.Comment{"GRÖ": c[0], "ößE": c[0], "дело": c[1], "Дел": c[1], "ǆ": c[2], "ǅ": c[2], "KELVIN k": c[3]} {
		f.search(text, comments.Filter{Text: text}, want)
	}
	f.search("gros", comments.Filter{Text: "gros"})
}

func searchLiteral(f *fixture) {
	const odd = `100 % of _ * ? [a-z] ]^-! \ 'x' "y" $1 ?1 (.|+){2} ` + "\uFFFD"
	c := f.add(f.comment(odd), f.comment("plain words"))
	f.search("all of it", comments.Filter{Text: odd}, c[0])
	for _, text := range strings.Fields(odd) {
		f.search(text, comments.Filter{Text: text}, c[0])
	}
	f.search("what is no text", comments.Filter{Text: "\xff"}, c[0])
	f.search("what no text holds", comments.Filter{Text: "plain\x00"})
	f.search("a pattern", comments.Filter{Text: "pl*words"})
	f.search("a pattern of one", comments.Filter{Text: "pl_in"})
	f.search("a class", comments.Filter{Text: "pl[a]in"})
}

func searchJudged(f *fixture) {
	c := f.add(f.comment("the policy's"), f.comment("confirmed"), f.comment("spam"), f.comment("held again"), f.comment("erased"))
	by := func(status comments.Status) func(*comments.Comment) {
		return func(c *comments.Comment) { c.Status, c.By = status, moderator }
	}
	c[1], c[2] = f.update(by(comments.Published), c[1].ID)[0], f.update(by(comments.Spam), c[2].ID)[0]
	f.update(by(comments.Held), c[3].ID)
	f.erase(c[4].ID)
	f.search("judged", comments.Filter{Judged: true}, c[1], c[2])
	f.search("judged to be spam", comments.Filter{Judged: true, Statuses: []comments.Status{comments.Spam}}, c[2])
}

func searchTime(f *fixture) {
	c := f.add(f.comment("1"), f.comment("2"), f.comment("3"))
	f.search("since the second", comments.Filter{Since: c[1].Created}, c[1], c[2])
	f.search("since a moment later", comments.Filter{Since: c[1].Created.Add(time.Microsecond)}, c[2])
	f.search("until the second", comments.Filter{Until: c[1].Created}, c[0])
	f.search("until a moment later", comments.Filter{Until: c[1].Created.Add(time.Microsecond)}, c[0], c[1])
	f.search("in between", comments.Filter{Since: c[1].Created, Until: c[2].Created}, c[1])
	f.search("long ago", comments.Filter{Until: time.Unix(-1, 0)})
	f.search("since long ago", comments.Filter{Since: time.Unix(-1, 0)}, c...)
}

func searchPaged(f *fixture) {
	var want, got []comments.Comment
	for range 7 {
		want = append(want, f.add(f.comment("seen"), f.held("waits"))...)
	}
	slices.Reverse(want)
	var before comments.ID
	for {
		some, err := f.Search(f.Context(), comments.Filter{Site: f.site.Host, Before: before, Limit: 3})
		f.must(err)
		if len(some) == 0 {
			break
		}
		got, before = append(got, some...), some[len(some)-1].ID
	}
	f.same("all pages", want, got)
}

func searchMany(f *fixture) {
	c := f.add(f.signed(1, "needle"), f.signed(1, "needle"), f.signed(1, "hay"), f.signed(2, "needle"))
	f.search("all fields", comments.Filter{
		Statuses: []comments.Status{comments.Published, comments.Held}, Page: page, Badge: c[0].Author.Badge, Text: "Needle", Before: c[1].ID,
		Since: c[0].Created, Until: c[3].Created, Limit: 1,
	}, c[0])
}

func searchSite(f *fixture) {
	c := f.four()
	other := f.newSite("other-" + f.site.Host)
	f.must(f.PutSite(f.Context(), other))
	got, err := f.Search(f.Context(), comments.Filter{Site: other.Host, Limit: 10})
	f.must(err)
	f.same("of the other", []comments.Comment(nil), got)
	theirs := f.held("theirs")
	theirs.Site = other.Host
	f.add(theirs)
	f.search("held", comments.Filter{Statuses: []comments.Status{comments.Held}}, c[1])
}
