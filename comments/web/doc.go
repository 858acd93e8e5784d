// Package web is HTTP in: the JSON API, the forms for readers without
// JavaScript, the published files, and the addresses for operators.
//
// All requests enter at one handler. Published files and assets are answered
// there and then, from memory; everything else is found in the route table
// and served by a handler that returns an error. One wrapper turns errors
// into answers and writes the access log. Nothing here sets a cookie, and no
// address, agent, referrer, query or body of a request reaches a log.
package web
