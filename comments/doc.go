// Package comments says what a comment is and holds every rule about it:
// what a draft may contain, who may change it, what is visible, and what a
// store must promise. It imports the standard library only; databases,
// Markdown and HTTP reach it through the interfaces and function fields
// declared here.
//
// The way of a comment: a [Draft] (untrusted) becomes a [Comment] in
// [Service.Submit], is stored by [Store.Add] together with the [Change] that
// tells publishers to render its page again, and is read back by them through
// [Reader].
package comments
