package web

import (
	_ "embed"
	"net/url"
	"strings"

	"postil/comments"
	"postil/static"
)

//go:embed openapi.json
var openAPI []byte

// assets returns what is built in, by path.
func assets() map[string]*static.File {
	all := map[string]*static.File{}
	for _, a := range static.Assets() {
		all[a.Path] = a.File
	}
	all["/openapi.json"] = static.NewFile(openAPI, "application/json", all["/postil.js"].Modified)
	return all
}

// repliesURL is the feed of the answers to a comment. It stands beside the
// page's own.
func (s *server) repliesURL(c comments.Comment) string {
	feed := s.FeedURL(c.Site, c.Page)
	return feed[:strings.LastIndexByte(feed, '/')+1] + "replies-" + c.ID.String() + ".xml"
}

// privacyURL is where it is told what is kept of comments on a site.
func (s *server) privacyURL(host string) string {
	return s.path + "/privacy?" + url.Values{"site": {host}}.Encode()
}

// formURL is where a comment on a page is written without JavaScript.
func (s *server) formURL(host string, page comments.Page) string {
	return s.Base + "/comment?" + url.Values{"site": {host}, "page": {string(page)}}.Encode()
}
