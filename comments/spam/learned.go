package spam

import "postil/comments"

// What the classifier's opinion must be to count. Spam is written for the sake
// of a link, mostly to a host that nobody here has heard of; a comment that
// leads to one needs less to be held, and more to be taken for good.
const (
	sureSpam      = 0.99
	likelySpam    = 0.7
	likelyAdvert  = 0.55 // leads to a host that is new to the site
	sureHam       = 0.2
	sureHamAdvert = 0.001

	leastTelling    = 6 // features that an opinion must be from to count
	leastTellingHam = 3 // to speak for a comment that leads nowhere new
)

// What it counts. It may hold by itself; to make spam it needs another defence
// to speak too.
const (
	sureHamPoints = -comments.HoldPoints / 2
	likelyPoints  = comments.HoldPoints
	surePoints    = 2 * comments.HoldPoints
)

// says is what comes of an opinion.
type says int

const (
	saysNothing says = iota
	saysHam
	saysLikely
	saysSure
)

// says returns what comes of an opinion on a comment that is an advert, which
// is to say that it leads to a host new to the site, or is none.
func (o opinion) says(advert bool) says {
	likely, ham, least := likelySpam, sureHam, leastTellingHam
	if advert {
		likely, ham, least = likelyAdvert, sureHamAdvert, leastTelling
	}
	switch {
	case o.spam <= ham && o.telling >= least:
		return saysHam
	case o.telling < leastTelling || o.spam < likely:
		return saysNothing
	case o.spam < sureSpam:
		return saysLikely
	default:
		return saysSure
	}
}

// learned speaks from what moderators have decided. For a comment it speaks
// only where no proof of work came although our own form did, and in a
// person's time: that is how readers without JavaScript write.
func learned(i *inquiry) int {
	switch i.opinion.says(i.novel > 0) {
	case saysSure:
		return surePoints
	case saysLikely:
		return likelyPoints
	case saysHam:
		if proof(i) > 0 && i.humane() {
			return sureHamPoints
		}
	}
	return 0
}
