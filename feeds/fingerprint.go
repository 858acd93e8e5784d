package feeds

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"postil/comments"
)

// layoutVersion is to be raised when files come to stand elsewhere, or hold
// other comments, than an earlier version had it.
const layoutVersion = 3

// format returns the fingerprint of a language.
func (p *Publisher) format(lang string) (string, error) {
	p.mu.Lock()
	known, ok := p.formats[lang]
	p.mu.Unlock()
	if ok {
		return known, nil
	}
	f, err := p.render.fingerprint(lang)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.formats[lang] = f
	return f, nil
}

// fingerprint sums up how files are made: by a sample of everything that can
// be in one, with its twins. When a template, a text, a compressor or the
// public address changes, it differs, and all files are built anew.
func (r renderer) fingerprint(lang string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, layoutVersion)
	for _, archive := range []int64{0, 1} {
		for _, policy := range []comments.Policy{comments.PolicyOpen, comments.PolicyClosed} {
			d := sample(lang, policy, archive)
			for _, form := range formsOf(d.site, archive) {
				f, err := r.form(d, form, true, time.Time{})
				if err != nil {
					return "", err
				}
				for _, part := range [][]byte{f.Body, f.Gzip, f.Brotli} {
					sum.Write(part)
				}
			}
		}
	}
	d := sample(lang, comments.PolicyOpen, 0)
	replies := func(site comments.Site, answers []comments.Comment) ([]byte, error) {
		return r.replies(site, len(answers) == 0, &d.shown[0].Comment, answers)
	}
	some := []comments.Comment{d.shown[0].Comment}
	for _, c := range []struct {
		render func(comments.Site, []comments.Comment) ([]byte, error)
		given  []comments.Comment
	}{{r.latestAtom, some}, {r.latestJSON, some}, {replies, some}, {replies, nil}} {
		body, err := c.render(d.site, c.given)
		if err != nil {
			return "", err
		}
		sum.Write(body)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// sample returns a document with one of everything.
func sample(lang string, policy comments.Policy, archive int64) *document {
	site := comments.Site{Host: "sample.example", Created: time.Unix(0, 0), Settings: comments.DefaultSettings()}
	site.Settings.Origins = []string{"https://sample.example"}
	site.Settings.Language, site.Settings.Policy, site.Settings.Archive = lang, policy, 2
	site.Settings.Fragment = true
	page := comments.Page("/sample")
	first := map[int64]int64{0: 5, 1: 1}[archive]
	var all []comments.Comment
	for i := range int64(6) {
		c := comments.Comment{
			ID: comments.ID{byte(first + i)}, Site: site.Host, Page: page, Number: first + i, Status: comments.Published,
			HTML: "<p>Sample</p>\n", Created: time.Unix(i, 0), Decided: time.Unix(i, 0),
		}
		all = append(all, c)
	}
	all[0].Author = comments.Author{Name: "Sample", Website: "https://sample.example/", Badge: comments.Badge{1}, Owner: true}
	all[0].Pinned, all[0].Edited = true, time.Unix(9, 0)
	all[0].Parent, all[0].ParentNumber = comments.ID{255}, first-1 // in an older document
	all[1].Parent, all[1].ParentNumber = all[0].ID, first
	all[1].Edited = time.Unix(9, 0)
	all[2].Status, all[3].Status = comments.Deleted, comments.Held
	all[4].Parent, all[4].ParentNumber = all[2].ID, first+2
	return newDocument(site, comments.Thread{Page: page, Last: 10, Visible: 7}, archive, all)
}
