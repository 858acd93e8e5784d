/** What is selected of a comment, as Markdown quotes it; empty if nothing is. */
export function chosen(comment: Element): string {
  const root = comment.getRootNode() as ShadowRoot & { getSelection?(): Selection | null }
  // Chromium knows what is selected in a shadow tree by asking that; others ask the document.
  const selection = (root.getSelection ? root : document).getSelection!()
  const words = selection && comment.querySelector('.words')?.contains(selection.anchorNode) ? `${selection}`.trim() : ''
  return words && words.replace(/^/gm, '> ') + '\n\n'
}
