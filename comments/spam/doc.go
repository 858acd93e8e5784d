// Package spam gives verdicts on a draft: proof of work, honeypot, age of
// form, links, words, rate, and a classifier that learns from the moderators.
//
// Each defence is a function in a file of its own that says how many points a
// comment gets; what the points lead to is the site's policy to say (package
// comments). No defence refuses anything. Who has no JavaScript and solves no
// proof of work is held, not lost, and once the classifier knows what the
// site's comments look like, mostly not even that.
//
// Nothing is sent to anyone, and nothing is stored: what the classifier knows
// is computed from the comments that moderators have decided about, and
// forgets a comment that is erased. What repeated texts are recognised by are
// keyed hashes in memory, which end with the process.
package spam
