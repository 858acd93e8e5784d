// What stands in a comment is made anew, element by element: nothing that is
// not named here can come out, whatever came in.

const elements = new Set(('a abbr b blockquote br caption cite code dd del div dl dt em h3 h4 h5 h6 hr i ins kbd li ol p pre ' +
  'q s samp small strong sub sup table tbody td tfoot th thead tr u ul var').split(' '))

const attributes: Record<string, RegExp> = {
  'a href': /^(https?:\/\/|mailto:)/i,
  'a title': /^/,
  'abbr title': /^/,
  'code class': /^language-[^ ]+$/,
  'ol start': /^\d+$/,
  'td align': /^(left|center|right)$/,
  'th align': /^(left|center|right)$/,
}

/** Makes an element that a comment may have, with those attributes that it may have. */
export function allowed(name: string, given: Iterable<[name: string, value: string]>): Element | undefined {
  if (!elements.has(name)) return
  const made = document.createElement(name)
  for (const [attribute, value] of given) {
    if (attributes[`${name} ${attribute}`]?.test(value)) made.setAttribute(attribute, value)
  }
  if (name === 'a') made.setAttribute('rel', 'nofollow ugc noopener')
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
