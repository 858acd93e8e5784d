import type { Entry } from './entry'

/** Hides the answers to a comment, or shows them again; for as long as the page is open. */
export function fold({ answers, folder }: Entry, folded: boolean): void {
  answers.hidden = folded
  folder.ariaExpanded = `${!folded}`
  folder.textContent = folded ? `${answers.querySelectorAll('.entry').length}` : ''
  folder.ariaLabel = folder.ariaLabel!.replace(/( \d+)?$/, folded ? ' ' + folder.textContent : '')
}
