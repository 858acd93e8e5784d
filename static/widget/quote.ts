import { selection } from './selection'

/** What is selected of a comment, as Markdown quotes it; empty if nothing is. */
export function chosen(comment: Element): string {
  const chosen = selection(comment)
  const words = chosen && comment.querySelector('.words')?.contains(chosen.anchorNode) && comment.contains(chosen.focusNode) ? chosen.toString().trim() : ''
  return words && words.replace(/^/gm, '> ') + '\n\n'
}
