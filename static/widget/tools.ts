import { button, make } from './dom'
import { ask } from './text'

/** Types over what is selected as the keyboard would, so that it can be undone. */
export function type(area: HTMLTextAreaElement, text: string): void {
  area.focus()
  document.execCommand(text ? 'insertText' : 'delete', false, text)
}

/** What stands before and after marked words; where nothing does after, before each line. */
const marks = {
  'bold': ['**', '**'],
  'italic': ['_', '_'],
  'link': ['[', '](https://)'],
  'code': ['`', '`'],
  'quote': ['> '],
  'list': ['- '],
} as const

type Mark = keyof typeof marks

const shortcuts: Record<string, Mark> = { b: 'bold', i: 'italic', k: 'link' }

/** Marks what is selected: words, which it unmarks where they are marked so, or whole lines. */
function mark(area: HTMLTextAreaElement, how: Mark): void {
  const [before, after] = marks[how]
  const { value, selectionStart, selectionEnd } = area
  const from = after ? selectionStart : value.slice(0, selectionStart).lastIndexOf('\n') + 1
  const words = value.slice(from, selectionEnd)
  const less = after && value.slice(0, from).endsWith(before) && value.startsWith(after, selectionEnd) ? before.length : 0
  area.setSelectionRange(from - less, selectionEnd + (less && after!.length))
  type(area, !after ? words.replace(/^/gm, before) : less ? words : before + words + after)
  const start = less ? from - less : from + before.length
  if (after) area.setSelectionRange(start, start + words.length)
}

/** Buttons for those who do not know Markdown by heart: one stop for the Tab key (ARIA's toolbar pattern). */
export function toolbar(area: HTMLTextAreaElement): HTMLElement {
  const buttons = (Object.keys(marks) as Mark[]).map(how => button('tool ' + how, ask(how), () => mark(area, how)))
  const stop = (next: HTMLElement) => buttons.forEach(tool => tool.tabIndex = tool === next ? 0 : -1)
  stop(buttons[0]!)
  area.onkeydown = event => {
    const how = (event.ctrlKey || event.metaKey) && shortcuts[event.key]
    if (!how) return
    event.preventDefault()
    mark(area, how)
  }
  return make('div', 'tools acts', {
    role: 'toolbar',
    ariaLabel: ask('tools'),
    onkeydown({ key, currentTarget, target }) {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[key]
      if (!way) return
      const turned = getComputedStyle(currentTarget as Element).direction === 'rtl' ? -way : way
      const next = buttons.at((buttons.indexOf(target as HTMLButtonElement) + turned) % buttons.length)!
      stop(next)
      next.focus()
    },
  }, ...buttons)
}
