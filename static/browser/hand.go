package browser

import (
	"fmt"

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
		b.Do(chromedp.Click(Inside(css)))
		return b.look(`window.heldByTest?.clicked`) != false // nil where it led to another page
	}, func() string { return css + " is never hit" })
}

// Write types into what a selector finds within the element.
func (b *Tab) Write(css, text string) { b.Helper(); b.Do(chromedp.SendKeys(Inside(css), text)) }
