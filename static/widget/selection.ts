/** What is selected in the tree that an element stands in. */
export function selection(element: Element): Selection | null {
  const root = element.getRootNode() as ShadowRoot & { getSelection?(): Selection | null }
  // Chromium knows what is selected in a shadow tree by asking that; others ask the document.
  return (root.getSelection ? root : document).getSelection!()
}
