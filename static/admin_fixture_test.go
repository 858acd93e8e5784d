package static

import (
	"io"
	"maps"
)

const adminHostile = `"><script>alert(1)</script>'&`

// adminBase is a page with everything, and one that nobody has signed in to.
func adminBase() (full, nobody AdminPage) {
	nobody = AdminPage{Page: Page{Lang: "en", Title: adminHostile, Stylesheet: "/admin.css"}, Script: "/admin.js", Icon: "/icon.svg"}
	full = nobody
	full.Who, full.Done, full.DoneURL, full.Alert = adminHostile, adminHostile, "/x?a&b", adminHostile
	full.Nav = []AdminNav{{URL: "/admin/queue?a&b", Text: adminHostile, Count: "100+", Here: true}, {URL: "/admin/log", Text: "Log"}}
	return full, nobody
}

// adminComments are a comment with everything, one with little, and one that
// is erased.
func adminComments() (full, bare, gone AdminComment) {
	acts := []AdminAct{{Do: "approve", Text: "Approve", Key: "a"}, {Do: "erase", Text: "Erase", Key: "d", Grave: true}}
	full = AdminComment{
		Lang: "en", Anchor: "comment-1", Ref: "blog.example/1", Status: "held", Name: adminHostile, Website: "javascript:alert(1)", Owner: true, Pinned: true,
		Badge: "abcdefgh23456", Identicon: markup(`<svg class="face"></svg>`), BadgeURL: "/b", Place: adminHostile, PageURL: "https://a.example/?a&b", ThreadURL: "/t?a&b", URL: "/c", ParentURL: "/p",
		Created: noon, Edited: true, Long: true, HTML: markup("<p>One<br/>two</p>"), Points: "+108", Acts: acts, Depth: 3,
		Verdicts: []AdminVerdict{{adminHostile, "+120", true}, {"Known", "−12", false}},
	}
	bare = AdminComment{Lang: "en", Anchor: "comment-2", Status: "published", Name: "Bob", Created: noon, HTML: markup("<p>Plain</p>"), Acts: acts, Place: "a.example/x", PageURL: "https://a.example/x", ThreadURL: "/t", URL: "/c"}
	gone = AdminComment{Lang: "en", Anchor: "comment-3", Status: "deleted", Name: "Erased", Created: noon, Place: "a.example/x", PageURL: "https://a.example/x", ThreadURL: "/t", URL: "/c"}
	return full, bare, gone
}

// adminFields are a full and a plain field of every kind.
func adminFields() (all []AdminField) {
	options := []AdminOption{{Value: adminHostile, Label: adminHostile, Hint: adminHostile, Chosen: true}, {Value: "b", Label: "B"}}
	for _, kind := range []string{"text", "search", "number", "email", "password", "date", "lines", "choice", "radio", "checks"} {
		all = append(all,
			AdminField{Name: kind, Kind: kind, Label: adminHostile, Hint: adminHostile, Value: "\n" + adminHostile, Problem: adminHostile, Options: options, Autocomplete: "off", Required: true},
			AdminField{Name: "plain-" + kind, Kind: kind, Label: "Plain", Options: options})
	}
	return all
}

// adminPages returns a page of every template of the moderators, and more
// where one leaves parts of it out, by a name that begins with the template's.
func adminPages() map[string]func(io.Writer) error {
	all := map[string]func(io.Writer) error{}
	for _, some := range []map[string]func(io.Writer) error{adminLists(), adminCommentPages(), adminReports(), adminForms(), adminLinks()} {
		maps.Copy(all, some)
	}
	return all
}

func adminLists() map[string]func(io.Writer) error {
	base, _ := adminBase()
	full, bare, gone := adminComments()
	list := AdminListPage{AdminPage: base, Lead: adminHostile, Search: "/admin/queue", Fields: adminFields(), Action: "/admin/decide", Back: adminHostile, Acts: full.Acts,
		Entries: []AdminComment{full, bare, gone}, Older: "/o?a&b", Newest: "/n"}
	empty := AdminListPage{AdminPage: base, Empty: adminHostile, PersonURL: "/p"}
	thread := AdminThreadPage{AdminPage: base, PageURL: "https://a.example/", ReadURL: "/r", FeedURL: "/f", Lead: adminHostile, Site: adminHostile, Path: adminHostile,
		Action: "/t", Decide: "/d", Back: adminHostile, Entries: []AdminThreadEntry{{full, "/a#answer"}, {bare, ""}, {gone, ""}}, Older: "/o", Acts: full.Acts}
	confirm := AdminConfirmPage{AdminPage: base, Text: adminHostile, Quotes: []AdminQuote{{adminHostile, adminHostile, adminHostile, "/c", noon}}, More: adminHostile, Action: "/d",
		Hidden: []AdminHidden{{"back", adminHostile}}, Button: adminHostile, BackURL: "/b?a&b"}
	return map[string]func(io.Writer) error{
		"admin-list":        func(w io.Writer) error { return RenderAdminList(w, list) },
		"admin-list, empty": func(w io.Writer) error { return RenderAdminList(w, empty) },
		"admin-thread":      func(w io.Writer) error { return RenderAdminThread(w, thread) },
		"admin-thread, none": func(w io.Writer) error {
			return RenderAdminThread(w, AdminThreadPage{AdminPage: base, Closed: true, PageURL: "https://a.example/", ReadURL: "/r", FeedURL: "/f", Site: adminHostile, Action: "/t", Decide: "/d"})
		},
		"admin-confirm": func(w io.Writer) error { return RenderAdminConfirm(w, confirm) },
	}
}

func adminCommentPages() map[string]func(io.Writer) error {
	base, _ := adminBase()
	full, _, gone := adminComments()
	answer := &AdminAnswer{Lang: "en", Action: "/a", Back: adminHostile, Name: adminHostile, Body: "\n" + adminHostile, Key: adminHostile, Field: "body", Problem: adminHostile,
		Preview: markup("<p>P</p>"), ParentName: adminHostile}
	name, other := *answer, *answer
	name.Field, other.Field = "name", "key"
	first := AdminCommentPage{
		AdminPage: base, Comment: full, Action: "/admin/decide", Back: adminHostile, Parent: &Quote{adminHostile, adminHostile}, Source: adminHostile, Markup: "Markdown",
		Facts: adminFacts(), Policy: adminHostile, Words: []AdminWord{{adminHostile, "+93 %", 93, true}, {"good", "−40 %", 40, false}},
		Trail:    []AdminEvent{{At: noon, Text: adminHostile, By: adminHostile}, {At: noon, Text: "Received"}},
		Standing: &AdminStanding{Action: "/b", Site: adminHostile, Text: adminHostile, Options: full.Acts, EraseURL: "/e?a&b"}, Pin: "/pin", Answer: answer,
	}
	second, third := first, first
	second.Answer, third.Answer, third.Comment.Pinned = &name, &other, false
	return map[string]func(io.Writer) error{
		"admin-comment":    func(w io.Writer) error { return RenderAdminComment(w, first) },
		"admin-comment, 2": func(w io.Writer) error { return RenderAdminComment(w, second) },
		"admin-comment, 3": func(w io.Writer) error { return RenderAdminComment(w, third) },
		"admin-comment, 4": func(w io.Writer) error {
			return RenderAdminComment(w, AdminCommentPage{AdminPage: base, Comment: gone, WordsNil: adminHostile, Action: "/admin/decide"})
		},
	}
}

func adminFacts() []AdminFact {
	return []AdminFact{{Name: adminHostile, Text: adminHostile}, {Name: "Link", Text: "Link", URL: "/x?a&b"}, {Name: "Secret", Text: adminHostile, Code: true}}
}

func adminReports() map[string]func(io.Writer) error {
	base, _ := adminBase()
	tiles := []AdminTile{{"12", adminHostile, "/x?a&b"}, {"3", "Three", ""}}
	chart := AdminChart{Title: adminHostile, Text: adminHostile, Most: "12", Height: 1000, Legend: []AdminLegend{{"held", adminHostile, "3"}}, Columns: []AdminColumn{
		{X: 0, Label: adminHostile, Text: adminHostile, Stacks: []AdminStack{{"held", 500, 500}}, Counts: []string{"3"}}, {X: 10, Label: "2 May", Counts: []string{"0"}},
	}}
	numbers := AdminNumbersPage{base, "/n", adminFields(), tiles, chart, []AdminBar{{adminHostile, "3", 40}}, adminHostile}
	log := AdminLogPage{base, "/l", adminFields(), []AdminEvent{{noon, adminHostile, adminHostile, "/c", adminHostile}}, "/o", "/n"}
	dead := AdminDelivery{Ref: "blog.example/1", Site: adminHostile, Text: adminHostile, Target: adminHostile, Error: adminHostile, Tries: adminHostile, Created: noon, CommentURL: "/c", Unsure: true}
	return map[string]func(io.Writer) error{
		"admin-numbers":   func(w io.Writer) error { return RenderAdminNumbers(w, numbers) },
		"admin-log":       func(w io.Writer) error { return RenderAdminLog(w, log) },
		"admin-log, none": func(w io.Writer) error { return RenderAdminLog(w, AdminLogPage{AdminPage: base}) },
		"admin-outbox": func(w io.Writer) error {
			return RenderAdminOutbox(w, AdminOutboxPage{base, tiles, []AdminDelivery{dead}, adminHostile, "/o"})
		},
		"admin-outbox, none": func(w io.Writer) error { return RenderAdminOutbox(w, AdminOutboxPage{AdminPage: base}) },
	}
}

func adminForms() map[string]func(io.Writer) error {
	base, _ := adminBase()
	all, hidden := adminFields(), []AdminHidden{{"was", adminHostile}}
	form := AdminFormPage{AdminPage: base, Lead: adminHostile, Action: "/s", Hidden: hidden, Groups: []AdminGroup{{adminHostile, all}}, Button: adminHostile, Facts: adminFacts(),
		Others: []AdminStep{{adminHostile, adminHostile, "/s", "x", hidden, adminHostile, true}, {"T", "t", "/s", "y", nil, "B", false}}}
	plain := AdminFormPage{AdminPage: base, Action: "/s", Button: "Save", Groups: []AdminGroup{{"", all[:2]}}}
	sites := AdminSitesPage{base, []AdminSite{{adminHostile, "/s", "/q?a&b", adminHostile, "1", "2", "3"}}, ""}
	people := AdminModeratorsPage{base, []AdminModerator{{adminHostile, "/m", adminHostile, adminHostile, adminHostile, false, true}}, AdminGroup{adminHostile, all}, "/m"}
	return map[string]func(io.Writer) error{
		"admin-form":        func(w io.Writer) error { return RenderAdminForm(w, form) },
		"admin-form, plain": func(w io.Writer) error { return RenderAdminForm(w, plain) },
		"admin-person":      func(w io.Writer) error { return RenderAdminPerson(w, AdminPersonPage{base, "/p", all}) },
		"admin-sites":       func(w io.Writer) error { return RenderAdminSites(w, sites) },
		"admin-sites, none": func(w io.Writer) error {
			return RenderAdminSites(w, AdminSitesPage{AdminPage: base, Empty: adminHostile})
		},
		"admin-moderators": func(w io.Writer) error { return RenderAdminModerators(w, people) },
	}
}

func adminLinks() map[string]func(io.Writer) error {
	base, nobody := adminBase()
	full, _, _ := adminComments()
	link := AdminLinkPage{AdminPage: nobody, Comment: full, Quote: adminHostile, State: adminHostile, Text: adminHostile, Action: "/moderate?a&b", Button: adminHostile, Grave: true, BackURL: "/c"}
	used := link
	used.Action, used.Comment.Badge, used.Comment.Owner, used.Comment.Website = "", "", false, ""
	return map[string]func(io.Writer) error{
		"admin-link":       func(w io.Writer) error { return RenderAdminLink(w, link) },
		"admin-link, used": func(w io.Writer) error { return RenderAdminLink(w, used) },
		"admin-problem":    func(w io.Writer) error { return RenderAdminProblem(w, AdminProblemPage{base, adminHostile, "/b"}) },
		"admin-problem, 401": func(w io.Writer) error {
			return RenderAdminProblem(w, AdminProblemPage{AdminPage: nobody})
		},
	}
}
