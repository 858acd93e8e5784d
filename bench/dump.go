package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"
)

// dump is an export of Disqus that looks like those of real blogs: posts are
// commented on while they are new, and now and then for years; most comments
// are short and few are long, two of five answer another, and their HTML is
// what Disqus makes.
type dump struct {
	w       *bufio.Writer
	random  *rand.Rand
	posts   int
	threads int
	last    map[int][]int // the newest posts of a thread, for answers
}

// writeDump writes an export of so many posts in so many threads. The same
// numbers make the same export.
func writeDump(w io.Writer, posts, threads int) error {
	d := &dump{w: bufio.NewWriterSize(w, 1<<20), random: rand.New(rand.NewPCG(1, 2)), posts: posts, threads: threads, last: map[int][]int{}}
	d.w.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n" +
		`<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` + "\n" +
		`<category dsq:id="1"><forum>blog</forum><title>General</title><isDefault>true</isDefault></category>` + "\n")
	for i := range threads {
		fmt.Fprintf(d.w, `<thread dsq:id="%d"><id>%s</id><forum>blog</forum><category dsq:id="1"/><link>https://blog.example/%d/%02d/%s-%d/</link><title>%s</title><message/><createdAt>%s</createdAt><author><name>Owner</name><isAnonymous>false</isAnonymous><username>owner</username></author><isClosed>%v</isClosed><isDeleted>false</isDeleted></thread>`+"\n",
			7_000_000_000+i, "", 2008+i%16, 1+i%12, d.word(), i, d.words(4), d.at(i*d.posts/d.threads), i%11 == 0)
	}
	for i := range posts {
		d.post(i)
	}
	d.w.WriteString("</disqus>\n")
	return d.w.Flush()
}

// at is when the nth post is written.
func (d *dump) at(n int) string {
	begin := time.Date(2008, 3, 1, 0, 0, 0, 0, time.UTC)
	return begin.Add(time.Duration(float64(n) / float64(d.posts) * float64(16*365*24*time.Hour))).Format("2006-01-02T15:04:05Z")
}

// What of a blog's comments go to posts that are new, and how new those are.
const (
	freshShare = 0.8
	freshPosts = 15 // the mean
)

// thread chooses where the nth post goes: to one of the newest threads, or to
// any older one.
func (d *dump) thread(n int) int {
	newest := n * d.threads / d.posts
	if d.random.Float64() < freshShare {
		return max(0, newest-int(d.random.ExpFloat64()*freshPosts))
	}
	return d.random.IntN(newest + 1)
}

// post writes the nth.
func (d *dump) post(n int) {
	thread := d.thread(n)
	parent := ""
	if before := d.last[thread]; len(before) > 0 && d.random.IntN(10) < 4 {
		parent = fmt.Sprintf(`<parent dsq:id="%d"/>`, 5_000_000_000+before[d.random.IntN(len(before))])
	}
	if d.last[thread] = append(d.last[thread], n); len(d.last[thread]) > 10 {
		d.last[thread] = d.last[thread][1:]
	}
	fmt.Fprintf(d.w, `<post dsq:id="%d"><id/><message><![CDATA[%s]]></message><createdAt>%s</createdAt><isDeleted>%v</isDeleted><isSpam>%v</isSpam><author><name>%s</name><isAnonymous>true</isAnonymous></author><thread dsq:id="%d"/>%s</post>`+"\n",
		5_000_000_000+n, d.message(), d.at(n), d.random.IntN(100) == 0, d.random.IntN(50) == 0, d.words(2), 7_000_000_000+thread, parent)
}

// message is one to four paragraphs, with about a link in every fourth
// comment, and code in every twentieth.
func (d *dump) message() string {
	var b strings.Builder
	for range 1 + d.random.IntN(2)*d.random.IntN(4) {
		b.WriteString("<p>" + d.words(5+int(80*d.random.Float64()*d.random.Float64())))
		switch d.random.IntN(20) {
		case 0:
			b.WriteString("</p><pre><code>if (a &lt; b) {\n    return " + d.word() + ";\n}\n</code></pre><p>")
		case 1, 2, 3, 4:
			host := d.word()
			fmt.Fprintf(&b, ` <a href="https://%s.example/%s?a=1&amp;b=2" rel="nofollow noopener" title="https://%s.example/%s?a=1&amp;b=2">https://%s.example/%s…</a> `, host, d.word(), host, d.word(), host, d.word())
		case 5:
			b.WriteString("<br>" + d.words(6) + " &amp; <b>" + d.word() + "</b>")
		}
		b.WriteString("</p>")
	}
	return b.String()
}

const dumpWords = "the a of and to in is that it was for on are with as his they be at one have this from or had by not but what some we can out other were all there when up use your how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did number sound no most people my over know water than call first who may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under"

func (d *dump) word() string { return vocabulary[d.random.IntN(len(vocabulary))] }

var vocabulary = strings.Fields(dumpWords)

func (d *dump) words(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = d.word()
	}
	return strings.Join(words, " ")
}
