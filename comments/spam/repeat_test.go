package spam

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

const pitched = "We offer the finest garden gnomes of the whole county, painted by hand and sent to your door within two days of your order, so that no neighbour has to wait."

// mailbag sends comments to one site, of which each has a key of its own.
type mailbag struct {
	site *site
	now  time.Time
	sent byte
	seed maphash.Seed
}

func newMailbag() *mailbag {
	return &mailbag{site: &site{}, now: time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC), seed: maphash.MakeSeed()}
}

func (m *mailbag) send(page comments.Page, source string, change ...func(*inquiry)) int {
	m.sent++
	m.now = m.now.Add(time.Minute)
	i := asked(func(i *inquiry) {
		i.site, i.now, i.seed = m.site, m.now, m.seed
		i.Comment.Page, i.Comment.Source, i.Comment.Idempotency = page, source, comments.Hash{m.sent}
	})
	for _, c := range change {
		c(i)
	}
	return repeat(i)
}

func (m *mailbag) expect(t *testing.T, name string, want, got int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %d points, want %d", name, got, want)
	}
}

func TestRepeat(t *testing.T) {
	t.Parallel()
	m := newMailbag()
	m.expect(t, "the first time", 0, m.send("/a", pitched))
	m.expect(t, "pressed twice", 50, m.send("/a", pitched))
	m.expect(t, "on another page", 100, m.send("/b", pitched))
	m.expect(t, "in capitals, with numbers and a link", 100, m.send("/c", strings.ToUpper(pitched)+" 4711 https://gnomes.example/"))
	m.expect(t, "below a quotation", 100, m.send("/d", "> what about gnomes?\n\n"+pitched))
	m.expect(t, "again and again", 200, m.send("/a", pitched))
	m.expect(t, "something else", 0, m.send("/a", "My grandmother had one of these in the garden, and it frightened the postman until he asked to be moved to another round."))
	m.now = m.now.Add(repeatWindow + time.Hour)
	m.expect(t, "the next day", 0, m.send("/e", pitched))
}

func TestRepeatKnowsSimilarTexts(t *testing.T) {
	t.Parallel()
	const long = pitched + " Those who come early get the biggest ones, and whoever brings an old gnome takes a new one home for half of what it costs."
	m := newMailbag()
	m.expect(t, "the first time", 0, m.send("/a", long))
	m.expect(t, "with one word changed", 100, m.send("/b", strings.Replace(long, "biggest", "prettiest", 1)))
	m.expect(t, "with half of it in other words", 0, m.send("/b", pitched+" My uncle laughed when he heard of it, since he had thrown six of them away in the year that we moved out of the yellow house."))
	m.expect(t, "with its words in another order", 0, m.send("/b", shuffled(long)))
}

func shuffled(text string) string {
	words := strings.Fields(text)
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return strings.Join(words, " ")
}

// A client that repeats its post after a lost answer, or an author who edits
// it, has not sent the text twice.
func TestRepeatLeavesThePostItselfOut(t *testing.T) {
	t.Parallel()
	m := newMailbag()
	for range 10 {
		m.expect(t, "the same post", 0, m.send("/a", pitched, func(i *inquiry) { i.Comment.Idempotency = comments.Hash{1} }))
	}
	m.expect(t, "its edit", 0, m.send("/a", pitched+" PS: or three days.", func(i *inquiry) {
		i.Comment.Idempotency, i.Evidence = comments.Hash{1}, comments.Evidence{Edit: true}
	}))
	for range 3 {
		m.expect(t, "a comment without key", 0, m.send("/a", "Nobody has ever seen the stones on the far side of the lake, I think.", func(i *inquiry) { i.Comment.Idempotency = comments.Hash{} }))
	}
}

func TestRepeatOfShortTexts(t *testing.T) {
	t.Parallel()
	m := newMailbag()
	for n := range 20 {
		page := comments.Page(fmt.Sprint("/", n))
		m.expect(t, "thanks", 0, m.send(page, "Thanks, great post!"))
		m.expect(t, "nothing at all but a website", 0, m.send(page, "👍", website("https://ann.example")))
		m.expect(t, "a quotation alone", 0, m.send(page, "> "+pitched))
	}
	for n, want := range []int{0, 0, 0, 100, 100, 200} {
		m.expect(t, fmt.Sprint("thanks for a website, ", n), want, m.send(comments.Page(fmt.Sprint("/", n)), "Thanks, great post!", website("https://gnomes.example/shop")))
	}
	m.expect(t, "thanks with another website", 0, m.send("/x", "Thanks, great post!", website("https://ann.example/")))
}

func website(address string) func(*inquiry) {
	return func(i *inquiry) { i.Comment.Author.Website = address }
}

// However much comes, no more than the last texts are remembered.
func TestRepeatForgets(t *testing.T) {
	t.Parallel()
	m := newMailbag()
	m.send("/a", pitched)
	for n := range maxRecent {
		m.now = m.now.Add(-time.Minute) // all at once
		i := asked(func(i *inquiry) {
			i.site, i.now, i.seed = m.site, m.now, m.seed
			i.Comment.Source = "Something of its own stands here, and it is number " + strings.Repeat("i", n) + " of many that came in this minute."
			i.Comment.Idempotency = comments.Hash{1, byte(n), byte(n >> 8)}
		})
		repeat(i)
	}
	m.expect(t, "after very many others", 0, m.send("/b", pitched))
}
