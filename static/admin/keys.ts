/** Keys for moderators. Every page does all without them. */
export {}

let off = false // by the moderator's wish, until the page is left
let busy = false // a form is on its way

function all<T extends Element = HTMLElement>(css: string, within: ParentNode = document): T[] {
  return Array.from(within.querySelectorAll<T>(css))
}

/** The comment that keys are about: the one with the focus, or whose page it is. */
function current(): HTMLElement | undefined {
  const cards = all('.card')
  return cards.find(card => card.contains(document.activeElement)) ?? (document.querySelector('.bulk') ? undefined : cards[0])
}

function focus(card: HTMLElement | undefined): void {
  card?.focus({ preventScroll: true })
  card?.scrollIntoView({ block: 'nearest' })
}

function move(step: 1 | -1): void {
  const cards = all('.card')
  const now = cards.findIndex(card => card.contains(document.activeElement))
  if (now < 0) focus(step > 0 ? cards[0] : cards.at(-1))
  else focus(cards[now + step])
}

function selected(): number {
  return all('input[name=id]:checked').length
}

/**
 * Presses what has a key of its own: for all that are selected or, if none is,
 * of the current comment, or of the page.
 */
function press(key: string): boolean {
  const css = `[aria-keyshortcuts="${CSS.escape(key)}"]`
  const within = selected() ? document.querySelector('.bulk') : current()
  const found = within ? all(css, within)[0] : all(css).find(e => !e.closest('.card, .bulk'))
  found?.click()
  return found !== undefined
}

function help(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#keys')
  if (dialog?.open) dialog.close()
  else dialog?.showModal()
}

const acts: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  o: () => current()?.querySelector<HTMLElement>('a.when')?.click(),
  x: () => current()?.querySelector<HTMLElement>('input[name=id]')?.click(),
  '/': () => document.querySelector<HTMLElement>('input[type=search]')?.focus(),
  '?': help,
}

/** Whether somebody is writing, so that letters are letters. */
function writing(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('textarea, select, input:not([type=checkbox], [type=radio])')
}

document.addEventListener('keydown', event => {
  const held = event.ctrlKey || event.altKey || event.metaKey || event.isComposing
  if (off || busy || held || event.defaultPrevented || writing(event.target)) return
  if (document.querySelector('dialog[open]') && event.key !== '?') return
  if (event.repeat && event.key !== 'j' && event.key !== 'k') return
  const act = acts[event.key]
  if (act) act()
  else if (!/^[a-z]$/.test(event.key) || !press(event.key)) return
  event.preventDefault()
})

/** Tells how many are selected, and keeps the box for all in line. */
function count(): void {
  const boxes = all<HTMLInputElement>('input[name=id]')
  const n = selected()
  for (const told of all('[data-count]')) {
    told.dataset['none'] ??= told.textContent ?? ''
    told.textContent = n ? told.dataset['count']!.replace('{n}', String(n)) : told.dataset['none']
  }
  for (const box of all<HTMLInputElement>('input[data-all]')) {
    box.checked = n > 0 && n === boxes.length
    box.indeterminate = n > 0 && n < boxes.length
  }
}

document.addEventListener('change', event => {
  const box = event.target
  if (box instanceof HTMLInputElement && box.dataset['all']) {
    for (const each of all<HTMLInputElement>('input[name=id]')) each.checked = box.checked
  }
  count()
})

document.addEventListener('click', event => {
  const wish = event.target instanceof HTMLElement ? event.target.dataset['keys'] : undefined
  if (!wish) return
  off ||= wish === 'off'
  document.documentElement.classList.toggle('keys', !off)
  help()
})

document.addEventListener('submit', () => { busy = true })

// Also when a page comes back from the browser's memory, with its boxes as
// they were.
addEventListener('pageshow', () => {
  busy = false
  count()
})

document.documentElement.classList.add('keys')
for (const label of all('label.all')) label.hidden = false

// After a decision the focus goes to the comment that it was about or, if that
// is gone from the list, to the next older one: ids sort by time.
const about = new URLSearchParams(location.search).get('about')
if (about) {
  const id = 'comment-' + about
  focus(document.getElementById(id) ?? all('.card').find(card => card.id < id))
}
