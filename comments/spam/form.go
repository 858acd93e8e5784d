package spam

import (
	"time"

	"postil/comments"
)

// quickest is the time below which nobody fills in a form.
const quickest = 3 * time.Second

// form speaks of our own form coming back faster than a person can write.
func form(i *inquiry) int {
	if i.Evidence.Edit || !i.Evidence.Form || i.Evidence.FormAge >= quickest {
		return 0
	}
	return comments.HoldPoints
}

// humane reports whether the comment came in a way that is some trouble for a
// program: with a proof of work, or by our own form in a person's time.
func (i *inquiry) humane() bool {
	return i.Evidence.Proof || i.Evidence.Form && i.Evidence.FormAge >= quickest && !i.Evidence.Trap
}
