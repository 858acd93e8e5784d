package spam

import "postil/comments"

// proof speaks of a comment that no work was done for. Without JavaScript it
// cannot be, so that this alone holds it and never makes it spam.
func proof(i *inquiry) int {
	if i.Evidence.Edit || i.Evidence.Proof {
		return 0
	}
	return comments.HoldPoints
}
