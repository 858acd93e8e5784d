package spam_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"postil/comments"
)

// post is a draft of a test's own, and what is true of it.
type post struct {
	comments.Draft
	sort     string // of writer
	spam     bool
	scripted bool // by a program that does no work for it
	answers  bool // to somebody, if there is anybody on its page
}

// writers write as readers and spammers do. What one writes depends on r only.
type writers struct {
	r         *rand.Rand
	topics    []grammar
	english   grammar
	languages map[string]grammar
	pitches   []grammar
	campaigns []string // texts that are sent again and again
}

var givenNames = strings.Fields("Anna Ben Clara Dimitri Eva Finn Greta Hugo Ines Jan Katrin Lars Marta Nils Olga Paul Rosa Sven Tilda Uwe Vera Wim Yara Zoë Tom Lucy Mark Sarah James Emma David Laura Peter Julia Chris Robert Mary Alex Sam Kim")

var familyNames = strings.Fields("Berg Novak Smith Keller Rossi Moreau Janssen Lind Okafor Brown Silva Weber Kowalski Hansen Murphy Green Fischer Lopez Martin Young")

var pages = strings.Fields("/2023/sourdough /2024/heat-pump /2024/gravel /about /2022/hedges /notes/feeds /notes/static-sites /2021/darkroom /2025/guitar /2025/old-maps /2024/winter /2023/compost /links /2022/ferry /2025/attic /notes/makefiles /2021/choir /2020/mill")

func newWriters(seed uint64) *writers {
	w := &writers{
		r: rand.New(rand.NewPCG(seed, 1)), topics: topics(), english: english(), languages: languages(), pitches: pitches(),
	}
	for range 8 {
		w.campaigns = append(w.campaigns, w.pitch().sentences(w.r, "say", 2+w.r.IntN(4)))
	}
	return w
}

// posts returns so many of each, in an order of chance. Some readers press
// twice.
func (w *writers) posts(ham, spam int) []post {
	var all []post
	for range ham {
		all = append(all, w.reader())
	}
	for range spam {
		all = append(all, w.spammer())
	}
	w.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for n := 1; n < len(all); n++ {
		if !all[n-1].spam && !all[n].spam && often(w.r, 1) {
			all[n] = all[n-1]
			all[n].Key = w.key()
		}
	}
	return all
}

func (w *writers) key() comments.IdempotencyKey {
	return comments.IdempotencyKey(fmt.Sprintf("key-%016x", w.r.Uint64()))
}

func (w *writers) draft() comments.Draft {
	return comments.Draft{
		Site: host, Page: pick(w.r, pages), Key: w.key(),
		Evidence: comments.Evidence{Nearby: 1 + w.r.IntN(3)},
	}
}

func (w *writers) name() string {
	switch w.r.IntN(10) {
	case 0:
		return ""
	case 1:
		return strings.ToLower(pick(w.r, givenNames)) + fmt.Sprint(w.r.IntN(90))
	case 2, 3, 4:
		return pick(w.r, givenNames) + " " + pick(w.r, familyNames)
	case 5:
		return pick(w.r, givenNames)[:1] + "."
	default:
		return pick(w.r, givenNames)
	}
}

// home is the host of a reader's own website, whom the blog may not know yet.
func (w *writers) home() string {
	switch w.r.IntN(4) {
	case 0:
		return strings.ToLower(pick(w.r, givenNames)+"-"+pick(w.r, familyNames)) + ".example"
	case 1:
		return w.english.make(w.r, "host") + "-" + w.english.make(w.r, "host") + ".example.org"
	default:
		return w.english.make(w.r, "host") + ".example"
	}
}

// reader writes a comment of somebody who read the page.
func (w *writers) reader() post {
	p := post{Draft: w.draft(), sort: "reader"}
	p.Name, p.answers = w.name(), often(w.r, 30)
	if often(w.r, 25) {
		p.Website = "https://" + w.home() + "/"
	}
	p.Body = w.untidy(w.words())
	p.Evidence.Proof = true
	if often(w.r, 0.5) {
		p.Evidence.Nearby = 4 + w.r.IntN(8) // an office
	}
	if often(w.r, 5) {
		p.sort = "reader without JavaScript"
		p.Evidence.Proof, p.Evidence.Form = false, true
		p.Evidence.FormAge = time.Duration(12+w.r.IntN(1500)) * time.Second
	}
	return p
}

// words are what a reader has to say.
func (w *writers) words() string {
	if often(w.r, 4) {
		return w.english.make(w.r, "short")
	}
	if often(w.r, 30) {
		language := pick(w.r, strings.Fields("de de de de de de de de de de fr fr fr fr es es es es it it it nl nl pl"))
		if often(w.r, 1) {
			language = "ru"
		}
		return w.languages[language].sentences(w.r, "say", 2+w.r.IntN(4))
	}
	n := w.r.IntN(len(w.topics))
	g := w.english.with(w.topics[n])
	text := g.sentences(w.r, "say", 1+w.r.IntN(6))
	if often(w.r, 20) {
		text += "\n\n" + g.sentences(w.r, "say", 1+w.r.IntN(4))
	}
	if n == 0 && often(w.r, 30) {
		text += "\n\nIt comes down to " + g.make(w.r, "code") + " for me."
	}
	if often(w.r, 8) {
		text = "> " + g.make(w.r, "say") + "\n\n" + text
	}
	return text
}

// untidy spoils a text a little, as people do and those who imitate them.
func (w *writers) untidy(text string) string {
	if often(w.r, 15) && !strings.Contains(text, "://") {
		text = strings.ToLower(text)
	}
	if often(w.r, 12) {
		letters := []rune(text)
		at := w.r.IntN(max(1, len(letters)-1))
		if at+1 < len(letters) && letters[at] != '\n' && letters[at+1] != '\n' {
			letters[at], letters[at+1] = letters[at+1], letters[at]
		}
		text = string(letters)
	}
	return text
}
