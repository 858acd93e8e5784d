package spam

import "postil/comments"

// trap speaks of a form field that people do not see and programs fill in. It
// makes spam by itself, which moderators still find: a browser's autofill may
// have done it.
func trap(i *inquiry) int {
	if i.Evidence.Edit || !i.Evidence.Trap {
		return 0
	}
	return comments.SpamPoints
}
