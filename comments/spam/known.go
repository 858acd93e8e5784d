package spam

import "postil/comments"

// knownPoints is how little an approved comment of the same signed name
// weighs: it outweighs a doubt, or a missing proof, but no two of them.
const knownPoints = -30

// known speaks for an author of whom a moderator has approved a comment. It is
// silent where a program could send with that name what it likes.
func known(i *inquiry) int {
	if i.Standing != comments.Known || !i.Evidence.Edit && !i.humane() {
		return 0
	}
	return knownPoints
}
