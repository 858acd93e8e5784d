package web

import (
	_ "embed"
	"net/url"

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

// formURL is where a comment on a page is written without JavaScript.
func (s *server) formURL(host string, page comments.Page) string {
	return s.Base + "/comment?" + url.Values{"site": {host}, "page": {string(page)}}.Encode()
}
