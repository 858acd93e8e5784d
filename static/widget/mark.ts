import type { Mark } from './tools'
import { type } from './type'

/** What stands before and after marked words; where nothing does after, before each line. */
const marks = {
  'bold': ['**', '**'],
  'italic': ['_', '_'],
  'link': ['[', '](https://)'],
  'code': ['`', '`'],
  'quote': ['> '],
  'list': ['- '],
} satisfies Record<Mark, string[]>

/** Marks what is selected: words, which it unmarks where they are marked so, or whole lines. */
export function mark(area: HTMLTextAreaElement, how: Mark): void {
  const [before, after] = marks[how] as [string, string?]
  const { value, selectionStart, selectionEnd } = area
  const from = after ? selectionStart : value.slice(0, selectionStart).lastIndexOf('\n') + 1
  const words = value.slice(from, selectionEnd)
  const less = after && value.slice(0, from).endsWith(before) && value.startsWith(after, selectionEnd) ? before.length : 0
  area.setSelectionRange(from - less, selectionEnd + (less && after!.length))
  type(area, !after ? words.replace(/^/gm, before) : less ? words : before + words + after)
  const start = less ? from - less : from + before.length
  if (after) area.setSelectionRange(start, start + words.length)
}
