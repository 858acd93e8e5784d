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

function make(name: string, given: Iterable<[name: string, value: string]>): Element | undefined {
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
      const made = make(child.localName, Array.from(child.attributes, ({ name, value }) => [name, value]))
      if (made) to.append(made)
      copy(child, made ?? to)
    } else {
      to.append(child.nodeValue ?? '')
    }
  }
  return to
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replace(/&(#x?)?(\w+);/g, (all, number: string | undefined, name: string) =>
    number ? String.fromCodePoint(parseInt(name, number[1] ? 16 : 10)) : named[name] ?? all)
}

/**
 * Reads the XHTML of one comment as the service writes it. Browsers' own
 * parsers are out of reach where Trusted Types are required, and this is all
 * that is left to read: tags, attributes in double quotes, references.
 */
export function read(xhtml: string): Node {
  const open: (ParentNode & Node)[] = [new DocumentFragment()]
  for (const [text, closing, name, given, empty] of xhtml.matchAll(/<(\/?)(\w+)([^>]*?)(\/?)>|[^<]+/g)) {
    const parent = open.at(-1)!
    if (!name) {
      parent.append(decode(text))
    } else if (closing) {
      if (open.length > 1) open.pop()
    } else {
      const made = make(name, Array.from(given!.matchAll(/([\w-]+)="([^"]*)"/g), ([, name, value]) => [name!, decode(value!)]))
      if (made) parent.append(made)
      if (!empty) open.push(made ?? parent)
    }
  }
  return open[0]!
}
