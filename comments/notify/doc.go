// Package notify lets words out: mail to moderators and subscribers, calls of
// webhooks, and pings to a WebSub hub. All of them come from the outbox and
// none from a request, so that a mail server that is gone costs a reader
// nothing.
//
// A [Courier] reads what happened on each site and makes deliveries of it,
// which name who and what, and hold neither addresses nor words. When one is
// due everything is looked up again: what has become pointless is dropped, and
// what is sent is true at that moment.
//
// # What is known of a mail
//
// A mail counts as taken when the server has answered its last line with 250.
// When the conversation fails before that line, or the server says no, the
// mail was not taken, and sending it again is safe. When the connection or
// this program dies between that line and the answer, nobody knows: the
// delivery becomes unsure, and is sent again with the same Message-ID and the
// header field "X-Postil-Uncertain: yes".
//
// # Webhooks
//
// Webhooks are called in the form of the Standard Webhooks specification
// (standardwebhooks.com): a POST of JSON with the header fields webhook-id,
// webhook-timestamp and webhook-signature. The id stays the same when a call
// is repeated, which happens when its answer was lost. Calls can arrive in
// another order than that of their data.event.
//
//	{
//	  "type": "comment.received",                comment.received, .edited, .decided or .pinned
//	  "timestamp": "2026-11-25T10:00:00Z",       when it happened
//	  "data": {
//	    "event": 17,                             number of the event on the site
//	    "site": "blog.example",
//	    "page": "/post",
//	    "id": "0193…",                           of the comment
//	    "parent": "0193…",                       or absent
//	    "status": "held",                        now: published, held, spam or deleted
//	    "by": "ann",                             the moderator who did it, or absent
//	    "link": "https://blog.example/post#comment-0193…",
//	    "created": "2026-11-25T09:59:59Z",
//	    "name": "Bob", "website": "https://…",   absent where there is none
//	    "source": "…",                           as written
//	    "markup": "markdown",                    what source is written in, or html
//	    "html": "<p>…</p>",                      of published comments only
//	    "verdicts": {"links": 100}               of comments that are not published
//	  }
//	}
//
// The source, name and website of comments that wait or are spam are in it
// too, for a program that moderates needs them: a webhook is told more than
// readers are. Those of deleted comments are not, even when the call is about
// something that happened before.
package notify
