package sqlite_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/comments"
	"postil/comments/sqlite"
)

// service returns one over a store, without defences.
func service(t *testing.T, s *sqlite.Store) *comments.Service {
	t.Helper()
	keys, err := comments.NewKeyring(bytes.Repeat([]byte{7}, comments.MinKey))
	if err != nil {
		t.Fatal(err)
	}
	made := byte(0)
	return comments.NewService(comments.Config{
		Store: s, Now: time.Now, Keys: keys, Changed: func() {},
		Render: func(source string, _ comments.Markup) (comments.HTML, error) {
			return comments.HTML("<p>" + source + "</p>"), nil
		},
		NewID:  func(time.Time) (comments.ID, error) { made++; return comments.ID{15: made}, nil },
		Judge:  func(context.Context, comments.Case) ([]comments.Verdict, error) { return nil, nil },
		Settle: func(context.Context, string, int64) error { return nil },
	})
}

// What signs a name, and where answers go, can be read from no file.
func TestSecretsOfReadersAreInNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(t, filepath.Join(dir, "postil.db"))
	site := addSite(t, store)
	s := service(t, store)
	draft := comments.Draft{
		Site: site.Host, Page: "/post", Name: "Ann#" + sentinel, Email: sentinel + "@a.example", Notify: true, Body: "hello",
	}
	r, err := s.Submit(t.Context(), draft)
	if err != nil || r.Comment.Author.Badge == (comments.Badge{}) || r.Follow != comments.FollowAsked {
		t.Fatalf("got %+v, %v", r, err)
	}
	if found := holders(t, dir); found != "" {
		t.Errorf("secrets are in %s", found)
	}
	draft.Body = sentinel
	if _, err := s.Submit(t.Context(), draft); err != nil || holders(t, dir) == "" {
		t.Errorf("the search finds nothing; %v", err)
	}
}

// follow stores a comment and n wishes for answers to it, whose sealed
// addresses hold the sentinel as they are stored.
func follow(t *testing.T, s *sqlite.Store, c comments.Comment, n int) (ids []comments.ID) {
	t.Helper()
	if _, err := s.Add(t.Context(), []comments.Comment{c}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		address, err := base64.StdEncoding.DecodeString(strings.Repeat(sentinel+"Za", 1+i*7%90))
		if err != nil {
			t.Fatal(err)
		}
		sub := comments.Subscription{
			Site: c.Site, ID: comments.ID{c.ID[6], byte(i >> 8), byte(i)}, Comment: c.ID, Address: address,
			Index: comments.Hash{byte(i >> 8), byte(i), 1}, Created: time.UnixMicro(int64(i)).UTC(),
		}
		if _, err := s.Subscribe(t.Context(), sub, nil); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, sub.ID)
	}
	return ids
}

// plain is a comment that holds no sentinel.
func plain(n byte) comments.Comment {
	at := time.UnixMicro(int64(n)).UTC()
	return comments.Comment{
		ID: comments.ID{6: n}, Site: "blog.example", Page: "/post", Status: comments.Published, Source: "hello", Markup: comments.Markdown,
		HTML: "<p>hello</p>", Created: at, Decided: at,
	}
}

func TestAddressesAreInNoFileOnceTheyAreForgotten(t *testing.T) {
	t.Parallel()
	const many = 60
	for name, forget := range map[string]func(*testing.T, *sqlite.Store, []comments.ID) error{
		"unsubscribed": func(t *testing.T, s *sqlite.Store, ids []comments.ID) error {
			return errors.Join(s.Unsubscribe(t.Context(), "blog.example", ids[:many/2]), s.Unsubscribe(t.Context(), "blog.example", ids[many/2:]))
		},
		"never confirmed": func(t *testing.T, s *sqlite.Store, _ []comments.ID) error {
			n, err := s.PruneSubscriptions(t.Context(), "blog.example", time.Now())
			if n != many {
				err = errors.Join(err, fmt.Errorf("%d are pruned", n))
			}
			return err
		},
		"comment deleted": func(t *testing.T, s *sqlite.Store, _ []comments.ID) error {
			erase(t, s, []comments.ID{plain(1).ID})
			return nil
		},
		"site removed": func(t *testing.T, s *sqlite.Store, _ []comments.ID) error {
			return s.RemoveSite(t.Context(), "blog.example")
		},
		"sealed anew": func(t *testing.T, s *sqlite.Store, _ []comments.ID) error {
			return s.Reseal(t.Context(), func(sub *comments.Subscription) error {
				sub.Address = bytes.Repeat([]byte{1}, len(sub.Address)/2)
				return nil
			}, func(*comments.Moderator) error { return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, filepath.Join(dir, "postil.db"))
			addSite(t, s)
			ids := follow(t, s, plain(1), many)
			if holders(t, dir) == "" {
				t.Fatal("the search finds nothing")
			}
			if err := forget(t, s, ids); err != nil {
				t.Fatal(err)
			}
			if found := holders(t, dir); found != "" {
				t.Errorf("addresses are still in %s", found)
			}
		})
	}
}
