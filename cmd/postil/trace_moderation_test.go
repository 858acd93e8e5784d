package main

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"postil/comments"
)

// commandsSay returns what the commands print of comments and moderators, and
// checks that only who asks for all of a person's data is told the address.
func commandsSay(t *testing.T, where []string) (said string) {
	t.Helper()
	for _, args := range [][]string{
		{"moderate", "list", "--status", "any"}, {"moderate", "list", "--status", "any", "--json"},
		{"outbox", "list"}, {"admin", "list"}, {"admin", "list", "--json"}, {"site", "show", "blog.example"}, {"classify", "blog.example"},
	} {
		out, err := runProgram(t, "", append(args, where...)...)
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		said += out
	}
	badge := regexp.MustCompile(`#([a-z2-9]{13})`).FindStringSubmatch(said)
	if badge == nil {
		t.Fatalf("no name is signed: the search proves nothing\n%s", said)
	}
	export, err := runProgram(t, "", append([]string{"export", "--author", "--site", "blog.example", "--badge", badge[1]}, where...)...)
	if err != nil || !strings.Contains(export, `"address":"`+sentinelEmail+`"`) {
		t.Errorf("the export leaves out the address (%v):\n%s", err, export)
	}
	return said + strings.ReplaceAll(export, `"address":"`+sentinelEmail+`"`, "")
}

// opensOnlyWithItsKey reads the sealed addresses back: the database is of no
// use without secret.key.
func opensOnlyWithItsKey(t *testing.T, data string, database []string) {
	t.Helper()
	flags := &storeFlags{Data: data}
	if len(database) == 2 {
		flags.Database = database[1]
	}
	store, keys := openStore(t, flags)
	defer store.Close()
	subs, err := store.SubscriptionsAt(t.Context(), "blog.example", keys.AddressIndex(sentinelEmail))
	if err != nil || len(subs) == 0 {
		t.Fatalf("%d subscriptions, %v", len(subs), err)
	}
	if got, err := keys.Open(comments.SealSubscriber, subs[0].Address); err != nil || got != sentinelEmail {
		t.Errorf("the key opens %q, %v", got, err)
	}
	stranger, err := comments.NewKeyring(newKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Open(comments.SealSubscriber, subs[0].Address); !errors.Is(err, comments.ErrSealed) {
		t.Errorf("another key opens the address: %v", err)
	}
	if others, err := store.SubscriptionsAt(t.Context(), "blog.example", stranger.AddressIndex(sentinelEmail)); err != nil || len(others) > 0 {
		t.Errorf("another key finds %d subscriptions, %v", len(others), err)
	}
}

// visitModeration opens the moderators' pages, with the right password and
// with wrong ones.
func visitModeration(t *testing.T, p *process, id string) {
	t.Helper()
	basic := func(name, password string) []string {
		return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))}
	}
	for _, path := range []string{"/admin/queue", "/admin/comments?q=everyone", "/admin/comments/" + id, "/admin/numbers", "/admin/log", "/admin/account",
		"/admin/sites", "/admin/sites/blog.example", "/admin/outbox", "/admin/moderators", "/admin/person?site=blog.example&email=" + sentinelEmail,
		"/moderate?by=ann&do=approve", "/moderate/feed/ann/" + sentinelPassword + ".xml", "/follow/blog.example/" + id + "/wrong"} {
		visit(t, "GET", p.base+path, "", "", basic("ann", sentinelPassword)...)
	}
	if page := visit(t, "GET", p.base+"/admin/queue", "", "", basic("ann", sentinelPassword)...); !strings.Contains(page, "<main") {
		t.Errorf("the moderator cannot log in:\n%s", page)
	}
	visit(t, "GET", p.base+"/admin/queue", "", "", basic("ann", sentinelPassword+"!")...)
	visit(t, "GET", p.base+"/admin/queue", "", "", basic(sentinelModerator, sentinelPassword)...)
}
