package spam_test

import (
	"fmt"
	"strings"
	"time"
)

// pitch is the language of somebody who sells one thing.
func (w *writers) pitch() grammar { return selling().with(pick(w.r, w.pitches)) }

// spammer writes a comment of one of several sorts of spammer.
func (w *writers) spammer() post {
	p := post{Draft: w.draft(), spam: true}
	p.Name, p.answers = w.name(), often(w.r, 10)
	switch n := w.r.IntN(100); {
	case n < 20:
		w.linker(&p)
	case n < 35:
		w.repeater(&p)
	case n < 47:
		w.foreigner(&p)
	case n < 65:
		w.poster(&p)
	case n < 73:
		w.former(&p)
	case n < 78:
		w.solver(&p)
	default:
		w.patient(&p)
	}
	return p
}

// script makes p one that a program posts to the API.
func (w *writers) script(p *post, sort string) {
	p.sort, p.scripted = sort, true
	if often(w.r, 30) {
		p.Evidence.Nearby = 10 + w.r.IntN(80)
	}
}

func (w *writers) site(g grammar) string {
	return "https://" + strings.ReplaceAll(g.make(w.r, "brand")+g.make(w.r, "suffix"), " ", "") + ".example/"
}

// linker puts in as many links as it can.
func (w *writers) linker(p *post) {
	w.script(p, "script: links")
	w.link(p)
}

func (w *writers) link(p *post) {
	g := w.pitch()
	var list []string
	for range 1 + w.r.IntN(10) {
		address := g.make(w.r, "link")
		switch w.r.IntN(4) {
		case 0:
			list = append(list, fmt.Sprintf("[url=%s]%s[/url]", address, g.make(w.r, "goods")))
		case 1:
			list = append(list, fmt.Sprintf(`<a href="%s">%s</a>`, address, g.make(w.r, "goods")))
		default:
			list = append(list, g.make(w.r, "goods")+" "+address)
		}
	}
	p.Body = strings.Join(list, pick(w.r, []string{"\n", ", ", " "}))
	if often(w.r, 40) {
		p.Body = g.make(w.r, "praise") + "\n" + p.Body
	}
}

// repeater sends few texts to many pages.
func (w *writers) repeater(p *post) {
	w.script(p, "script: repeated text")
	p.Body = pick(w.r, w.campaigns)
	if often(w.r, 50) {
		p.Body += fmt.Sprintf(" %d", w.r.IntN(1000))
	}
}

// foreigner writes in a script that the blog's readers hardly use.
func (w *writers) foreigner(p *post) {
	w.script(p, "script: foreign alphabet")
	w.foreign(p)
}

func (w *writers) foreign(p *post) {
	g := w.pitch()
	p.Body = g.sentences(w.r, pick(w.r, strings.Fields("russian russian chinese chinese arabic korean")), 1+w.r.IntN(3))
	if often(w.r, 60) {
		p.Body += " " + g.make(w.r, "link")
	}
}

// poster posts praise or a pitch to the API, without doing any work for it.
func (w *writers) poster(p *post) {
	w.script(p, "script: no proof")
	w.advertise(p)
}

func (w *writers) advertise(p *post) {
	g := w.pitch()
	p.Body = w.untidy(g.sentences(w.r, pick(w.r, []string{"praise", "say", "say"}), 1+w.r.IntN(4)))
	p.Website = w.site(g)
	if often(w.r, 30) {
		p.Body += "\n" + g.make(w.r, "link")
	}
	if often(w.r, 20) {
		p.Name = g.make(w.r, "goods")
	}
}

// former fetches our own form and sends it, with more or less care.
func (w *writers) former(p *post) {
	w.script(p, "script: our own form")
	p.Evidence.Form, p.Evidence.Trap = true, often(w.r, 30)
	p.Evidence.FormAge = time.Duration(w.r.IntN(20_000)) * time.Millisecond
	w.advertise(p)
}

// solver is a program that drives a browser, which does the work for it.
func (w *writers) solver(p *post) {
	p.sort, p.Evidence.Proof = "browser: links, repeated, foreign", true
	switch w.r.IntN(3) {
	case 0:
		w.link(p)
	case 1:
		p.Body = pick(w.r, w.campaigns)
	default:
		w.foreign(p)
	}
}

// patient is a person, or imitates one well: it reads the page, waits, solves
// the proof, never writes the same, and sells something.
func (w *writers) patient(p *post) {
	p.sort, p.Evidence.Proof = "patient", true
	g := w.pitch()
	var text []string
	if often(w.r, 30) {
		text = append(text, g.make(w.r, "praise"))
	}
	if often(w.r, 60) {
		text = append(text, w.english.with(pick(w.r, w.topics)).sentences(w.r, "say", 1+w.r.IntN(2)))
	}
	slot := "say"
	if often(w.r, 8) {
		slot = pick(w.r, []string{"deutsch", "francais"})
	}
	text = append(text, g.sentences(w.r, slot, 1+w.r.IntN(4)))
	p.Body = w.untidy(strings.Join(text, " "))
	if often(w.r, 50) {
		p.Body += " " + g.make(w.r, "link")
	}
	if often(w.r, 50) {
		p.Website = w.site(g)
	}
}
