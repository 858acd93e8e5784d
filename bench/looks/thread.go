package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Pages of the blog with a thread each.
const (
	latinPage  = "/post"
	arabicPage = "/arabic"
)

// deep is a branch of answers; no two alike, or the service would hold them.
func deep() []string {
	return []string{
		"What do you do about pages that change?", "They are built anew, which takes a moment only.", "And if two people write at once?",
		"Then one waits for the other.", "For how long?", "Nobody would notice.", "I did, last Tuesday.", "That was the network, not the disk.",
		"How can you tell?", "By the log: it says when each file was written.", "Where is that log?", "Beside the files.",
		"Found it, thanks. Twelve answers deep and still to be read with ease on a narrow screen.",
	}
}

// draft is one comment of a conversation.
type draft struct {
	Site   string `json:"site"`
	Page   string `json:"page"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name,omitempty"`
	Body   string `json:"body"`
}

// talk posts a conversation to one page.
type talk struct {
	base, site, page string
	err              error // the first one
}

// say posts a comment and returns its id.
func (t *talk) say(parent, name, body string) string {
	if t.err != nil {
		return ""
	}
	raw, err := json.Marshal(draft{Site: t.site, Page: t.page, Parent: parent, Name: name, Body: body})
	if err != nil {
		t.err = err
		return ""
	}
	response, err := http.Post(t.base+"/api/v1/comments", "application/json", bytes.NewReader(raw))
	if err != nil {
		t.err = err
		return ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusCreated {
		err = fmt.Errorf("posting %q: %s: %s", body, response.Status, answer)
	}
	var made struct {
		ID string `json:"id"`
	}
	if err == nil {
		err = json.Unmarshal(answer, &made)
	}
	t.err = err
	return made.ID
}

// converse fills both pages with what breaks layouts.
func converse(base, site string) error {
	t := &talk{base: base, site: site, page: latinPage}
	first := t.say("", "Ann Example", "Thank you for writing this down. I had been wondering about **exactly** that, and [the manual](https://example.org/manual) says nothing.")
	t.say(first, "Bob", "Same here. It took me a weekend to find out.")
	t.say(first, "", "I would rather not give a name, but I agree.")
	t.say("", "Wolfeschlegelsteinhausenbergerdorff-Rhinehart de la Donaudampfschifffahrt", "Names may be long, and so may words: "+strings.Repeat("incomprehensibilities", 9)+", or addresses: https://example.org/"+strings.Repeat("a-very-long-path/", 12))
	t.say("", "Cy Coder", "Try this:\n\n```go\nfunc main() {\n\tfor i := range 10 {\n\t\tfmt.Println(\"a line of code that is longer than any narrow screen can show at once\", i)\n\t}\n}\n```\n\n| Server | Requests a second | Memory |\n| --- | ---: | ---: |\n| one | 12,345 | 29 MB |\n| another with a long name | 678 | 410 MB |\n\n> Quoted words stand apart.\n\n1. one\n2. two\n   - and a half")
	parent := ""
	for level, words := range deep() {
		parent = t.say(parent, fmt.Sprintf("Level %d", level), words)
	}
	const sentence = "It is a long one, and yet it is what I had to say on it all. " // of 16 words
	t.say("", "Essayist", strings.TrimSpace(strings.Repeat(strings.Repeat(sentence, 5)+"\n\n", 25)))

	arabic := &talk{base: base, site: site, page: arabicPage, err: t.err}
	root := arabic.say("", "ليلى", "شكرًا على هذا المقال. كنت أبحث عن شرح واضح منذ مدة، و[هذا الرابط](https://example.org/) مفيد أيضًا.")
	arabic.say(root, "Omar", "أتفق معك تمامًا. The English name of it is *static comments*.")
	arabic.say(root, "سارة", "```\nmake test\n```\nيعمل عندي.")
	return arabic.err
}
