package spam

import "postil/comments"

// From how many comments of one network in an hour on there are points. A
// network is many households, or a university.
const (
	nearbySome  = 8
	nearbyMany  = 20
	nearbyFlood = 60
)

// rate speaks of many comments from the same network.
func rate(i *inquiry) int {
	switch n := i.Evidence.Nearby; {
	case i.Evidence.Edit || n < nearbySome:
		return 0
	case n < nearbyMany:
		return comments.HoldPoints / 2
	case n < nearbyFlood:
		return comments.HoldPoints
	default:
		return 2 * comments.HoldPoints
	}
}
