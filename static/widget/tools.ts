import { button, make } from './dom'
import { ask } from './text'

const marks = ['bold', 'italic', 'link', 'code', 'quote', 'list'] as const

/** A way to mark words, or lines. */
export type Mark = typeof marks[number]

const shortcuts: Record<string, Mark> = { b: 'bold', i: 'italic', k: 'link' }

/** Buttons for those who do not know Markdown by heart: one stop for the Tab key (ARIA's toolbar pattern). */
export function toolbar(area: HTMLTextAreaElement, mark: (area: HTMLTextAreaElement, how: Mark) => void): HTMLElement {
  const buttons = marks.map(how => button('tool ' + how, ask(how), () => mark(area, how)))
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
