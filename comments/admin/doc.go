// Package admin is HTTP in: the moderators' pages. Moderators sign in by HTTP
// Basic authentication, so that there is no cookie and no session: every
// request says who sends it, and is checked anew. Links from mails and from a
// moderator's private feed need no sign-in, for they are capabilities (see
// [comments.Link]).
//
// All pages work without JavaScript; the script adds keys.
package admin
