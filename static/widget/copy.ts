// What stands in a comment is made anew, element by element: nothing that is
// not named here can come out, whatever came in.

const elements = /^(a|abbr|b|blockquote|br|caption|cite|code|d[dlt]|del|div|em|h[3-6r]|i|ins|kbd|li|[ou]l|p|pre|[qsu]|samp|small|strong|su[bp]|t[dhr]|table|tbody|tfoot|thead|var)$/

const attributes: Record<string, RegExp> = {
  href: /^(https?:\/\/|mailto:)/i,
  title: /^/,
  class: /^language-[^ ]+$/,
  start: /^\d+$/,
  align: /^(left|center|right)$/,
}

/** Makes an element that a comment may have, with those attributes that it may have. */
export function allowed(name: string, given: Iterable<[name: string, value: string]>): Element | undefined {
  if (!elements.test(name)) return
  const made = document.createElement(name)
  for (const [attribute, value] of given) {
    if (attributes[attribute]?.test(value)) made.setAttribute(attribute, value)
  }
  if (name === 'a') made.setAttribute('rel', 'nofollow ugc noopener')
  if (name === 'pre') made.setAttribute('dir', 'ltr') // code tells nothing of the words' direction
  return made
}

/** Copies the content of an element of a feed. */
export function copy(from: Node, to: ParentNode & Node = new DocumentFragment()): Node {
  for (const child of from.childNodes) {
    if (child instanceof Element) {
      const made = allowed(child.localName, Array.from(child.attributes, ({ name, value }) => [name, value]))
      if (made) to.append(made)
      copy(child, made ?? to)
    } else {
      to.append(child.nodeValue ?? '')
    }
  }
  return to
}
