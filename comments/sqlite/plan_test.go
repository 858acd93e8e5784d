package sqlite

import (
	"regexp"
	"strings"
	"testing"

	"postil/comments"
)

// plan returns what SQLite would do, a step on each line.
func plan(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	rows, err := readers(s).QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	must(t, err)
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	must(t, rows.Err())
	return strings.Join(steps, "\n")
}

// scansTable finds a step that goes through all of a table, whatever its site.
var scansTable = regexp.MustCompile(`SCAN (c|s|comments|threads|events|subscriptions|deliveries)\b`)

// The first page of a queue must not cost more, the longer the queue is.
func TestSearchesUseIndexes(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	held, both := []comments.Status{comments.Held}, []comments.Status{comments.Held, comments.Spam}
	for want, filter := range map[string]comments.Filter{
		"comments_queue (site=? AND status=?)":                          {Statuses: held},
		"comments_queue (site=? AND status=? AND id<?)":                 {Statuses: both, Before: comments.ID{1}},
		"INDEX comments_queue (site=? AND status=?)\nSEARCH w":          {Statuses: held, Text: "x"},
		"comments_badge (site=? AND badge=?)":                           {Statuses: held, Badge: comments.Badge{1}},
		"sqlite_autoindex_comments_2 (site=? AND thread=?)":             {Statuses: both, Page: "/post"},
		"comments_judged (site=?)":                                      {Judged: true},
		"COVERING INDEX sqlite_autoindex_comments_1 (site=?)":           {},
		"COVERING INDEX sqlite_autoindex_comments_1 (site=? AND id<?)":  {Before: comments.ID{1}},
		"INDEX sqlite_autoindex_comments_1 (site=? AND id>? AND id<?)":  {Since: sample(1).Created, Until: sample(2).Created},
		"comments_queue (site=? AND status=? AND id>? AND id<?)\nSCAN ": {Statuses: both, Since: sample(1).Created, Until: sample(2).Created},
	} {
		filter.Site, filter.Limit = "blog.example", 10
		condition, args := searchFor(filter)
		got := plan(t, s, selectComment+condition, args...)
		if !strings.Contains(got, want) || scansTable.MatchString(got) || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%+v: want %s\n%s", filter, want, got)
		}
	}
}

func TestQueriesOfModeratorsUseIndexes(t *testing.T) {
	t.Parallel()
	s := openInternal(t)
	for query, want := range map[string]string{
		selectTally:                          "comments_queue (site=? AND status=?)",
		selectDays:                           "sqlite_autoindex_comments_1 (site=? AND id>?)",
		selectOpen:                           "threads_open (site=? AND opened<?)",
		selectComment + byParent:             "comments_parent (site=? AND thread=? AND parent=?)",
		selectEvents + eventsAfter:           "PRIMARY KEY (site=? AND number>?)",
		selectEvents + trailOfSite:           "PRIMARY KEY (site=? AND number<?)",
		selectEvents + trailOfOne:            "events_comment (site=? AND comment=? AND number<?)",
		selectDelivery + byDue:               "deliveries_due (due<?)",
		selectDelivery + byStateOfSite:       "(site=?)",
		deleteTold:                           "deliveries_once (site=? AND channel=? AND target=? AND kind=?)",
		selectSubscription + byComments:      "(site=? AND comment=?)",
		selectSubscription + byAddress:       "subscriptions_address (address_index=?)",
		selectSubscription + unfollowed:      "(site=? AND comment=?)",
		selectSubscription + unconfirmed:     "(site=?)",
		selectSubscription + byAddressOfSite: "subscriptions_address (address_index=? AND site=?)",
		selectSubscription + bySubscriber:    "(site=? AND comment=? AND address_index=?)",
	} {
		got := plan(t, s, query, nil, nil, nil, nil)
		if !strings.Contains(got, want) || scansTable.MatchString(got) {
			t.Errorf("%s: want %s\n%s", query, want, got)
		}
	}
}
