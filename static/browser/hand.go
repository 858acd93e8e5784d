package browser

import (
	"errors"
	"fmt"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// steady brings what a selector finds into view, and tells once it has stood
// in one place for two frames. From then on it notes whether it was clicked.
const steady = `(async () => {
	const frame = () => new Promise(requestAnimationFrame)
	const place = e => { const { x, y, width, height } = e.getBoundingClientRect(); return [x, y, width, height].join() }
	const e = root.querySelector(%q)
	if (!e) return false
	e.scrollIntoViewIfNeeded()
	await frame()
	const before = place(e)
	await frame()
	await frame()
	if (!e.isConnected || place(e) !== before) return false
	window.heldByTest = { clicked: false }
	e.addEventListener('click', () => window.heldByTest.clicked = true, { capture: true, once: true })
	return true
})()`

// Click clicks what a selector finds within the element, once it stands still:
// a pointer is sent to a place, and what stood there when the place was asked
// for may have moved. A click that missed nevertheless is made again.
func (b *Tab) Click(css string) {
	b.Helper()
	b.Until(func() bool {
		b.Until(func() bool { return b.look(fmt.Sprintf(steady, css)) == true }, func() string { return css + " does not stand still" })
		if err := chromedp.Do(b.Context, chromedp.Click(Inside(css))); err != nil && !gone(err) {
			b.Fatalf("%s: %v", css, err)
		}
		return b.look(`window.heldByTest?.clicked`) != false // nil where it led to another page
	}, func() string { return css + " is never hit" })
}

// place brings what a selector finds on a page into view, and tells where it is
// once the page is there as a whole.
const place = `(e => {
	if (!e || document.readyState !== 'complete') return null
	e.scrollIntoViewIfNeeded()
	const { x, y, width, height } = e.getBoundingClientRect()
	return [x, y, width, height].join()
})(document.querySelector(%q))`

// Press clicks what a selector finds on the page itself, once that is there as
// a whole and does not move. It needs no script of the page.
func (b *Tab) Press(css string) {
	b.Helper()
	var before, now any
	b.Until(func() bool {
		before, now = now, b.look(fmt.Sprintf(place, css))
		return now != nil && now == before
	}, func() string { return css + " does not stand still" })
	b.again(chromedp.Click(chromedp.CSS(css)))
}

// Write types into what a selector finds within the element.
func (b *Tab) Write(css, text string) { b.Helper(); b.again(chromedp.SendKeys(Inside(css), text)) }

// again does something once more that met a page which was just being left, or
// a part of it that was just replaced.
func (b *Tab) again(step chromedp.Action[chromedp.Void]) {
	b.Helper()
	var err error
	b.Until(func() bool {
		err = chromedp.Do(b.Context, step)
		return !gone(err)
	}, func() string { return err.Error() })
	if err != nil {
		b.Fatal(err)
	}
}

// gone tells errors about what is no longer there.
func gone(err error) bool {
	const serverError = -32000 // by which DevTools answers for all of these
	e, ok := errors.AsType[*cdproto.Error](err)
	return ok && e.Code == serverError
}
