package notify

import (
	"net/url"
	"strings"
	"time"

	"postil/comments"
)

// Address returns where a moderator can do one thing to a comment as it is
// now, for [comments.LinkLife]. Opening it shows the comment and asks; base is
// the public address of the service, without trailing slash.
func Address(base string, keys comments.Keyring, m comments.Moderator, c comments.Comment, a comments.Action, now time.Time) string {
	return base + "/moderate?" + keys.Link(m, c, a, now.Add(comments.LinkLife))
}

// FollowAddress returns where a subscriber confirms and ends a subscription.
func FollowAddress(base string, keys comments.Keyring, s comments.Subscription) string {
	return base + "/follow/" + url.PathEscape(s.Site) + "/" + s.ID.String() + "/" + keys.FollowToken(s)
}

// adminAddress returns where the admin page is.
func adminAddress(base string) string { return base + "/admin/" }

// linkTo returns where a comment stands on the blog.
func linkTo(site comments.Site, c comments.Comment) string {
	return site.Link(c.Page) + "#comment-" + c.ID.String()
}

// placeOf names a page as people write it: blog.example/post.
func placeOf(c comments.Comment) string {
	path, query := c.Page.Path()
	if query != "" {
		path += "?" + query
	}
	return c.Site + strings.TrimSuffix(path, "/")
}
