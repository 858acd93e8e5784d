package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// blog is the site under test.
const blog = "https://blog.example"

// words make text that compresses about as real comments do.
var words = strings.Fields(`the of and a to in is you that it he was for on are as with his they I at be
	this have from or one had by word but not what all were we when your can said there use an each which she
	do how their if will up other about out many then them these so some her would make like him into time has
	look two more write go see number no way could people my than first water been call who oil its now find
	long down day did get come made may part blog article really thanks interesting question answer release
	kernel compile feed reader static server privacy cookie script comment thread database latency`)

// sentence writes a comment of about 50 words, the size of a usual one.
func sentence(r *rand.Rand) string {
	var b strings.Builder
	for range 30 + r.IntN(40) {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "%x.", r.Uint64())
	return b.String()
}

type posted struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// poster posts on one keep-alive connection, as one reader after another.
type poster struct {
	client *http.Client
	base   string
	random *rand.Rand
}

func newPoster(base string, seed uint64) *poster {
	return &poster{&http.Client{Transport: &http.Transport{}, Timeout: time.Minute}, base, rand.New(rand.NewPCG(seed, 1))}
}

func (p *poster) post(page string) (posted, error) {
	var answer posted
	body, err := json.Marshal(map[string]string{"site": "blog.example", "page": page, "name": "Ann", "body": sentence(p.random)})
	if err != nil {
		return answer, err
	}
	resp, err := p.client.Post(p.base+"/api/v1/comments", "application/json", bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer, err
	}
	if resp.StatusCode != http.StatusCreated {
		return answer, fmt.Errorf("post: %s: %s", resp.Status, text)
	}
	return answer, json.Unmarshal(text, &answer)
}

// postFor lets n posters post for d and returns how many comments were
// acknowledged.
func postFor(base string, n int, d time.Duration, page func(poster, turn int) string) (int64, error) {
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	stop := time.Now().Add(d)
	for i := range n {
		wg.Go(func() {
			p := newPoster(base, uint64(i)+uint64(time.Now().UnixNano()))
			for turn := 0; time.Now().Before(stop); turn++ {
				if _, err := p.post(page(i, turn)); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return done.Load(), *err
	}
	return done.Load(), nil
}

// fill posts n comments to a page with a few posters.
func fill(base, page string, n int) error {
	var left atomic.Int64
	left.Store(int64(n))
	errs := make(chan error, 16)
	for i := range cap(errs) {
		go func() {
			p := newPoster(base, uint64(i))
			for left.Add(-1) >= 0 {
				if _, err := p.post(page); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}
