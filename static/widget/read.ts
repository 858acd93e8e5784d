// What stands in a comment is made anew, element by element: nothing that is
// not named here can come out, whatever came in.

const elements = /^(a|abbr|b|blockquote|br|caption|cite|code|d[dlt]|del|div|em|h[3-6r]|i|ins|kbd|li|[ou]l|p|pre|[qsu]|samp|small|strong|su[bp]|t[dhr]|table|tbody|tfoot|thead|var)$/

const attributes = /^(href=(https?:\/\/|mailto:)|title=|class=language-[^ ]+$|start=\d+$|align=(left|center|right)$)/i

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }

function decode(text: string): string {
  return text.replace(/&(#x?)?(\w+);/g, (all, number: string | undefined, name: string) =>
    number ? String.fromCodePoint(parseInt(name, number[1] ? 16 : 10)) : named[name] ?? all)
}

/**
 * Reads XML as the service writes it, or a piece of it: elements, attributes in
 * double quotes, references. Browsers' own parsers are out of reach where
 * Trusted Types are required, or take a whole document at once, which is long
 * on a slow device. Of words, which are to be shown, only that comes out which
 * a comment may have.
 */
export function read(xml: string, words = false): DocumentFragment {
  const root = new DocumentFragment()
  const open: ParentNode[] = [root]
  for (const [text, closing, name, given, empty] of xml.matchAll(/<(\/?)(?:\w+:)?([\w-]+)([^>]*?)(\/?)>|[^<]+/g)) {
    const parent = open[0] ?? root
    if (closing) open.shift()
    else if (!name) parent.append(decode(text))
    else {
      const made = element(name, given!, words)
      if (made) parent.append(made)
      if (!empty) open.unshift(made ?? parent)
    }
  }
  return root
}

function element(name: string, given: string, words: boolean): Element | undefined {
  if (words && !elements.test(name)) return
  const made = document.createElement(name)
  for (const [, attribute, value] of given.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    const meant = decode(value!)
    if (!words || attributes.test(`${attribute}=${meant}`)) made.setAttribute(attribute!, meant)
  }
  if (name === 'a') made.setAttribute('rel', 'nofollow ugc noopener')
  if (name === 'pre') made.setAttribute('dir', 'ltr') // code tells nothing of the words' direction
  return made
}
