import { allowed } from './copy'

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
      const made = allowed(name, Array.from(given!.matchAll(/([\w-]+)="([^"]*)"/g), ([, name, value]) => [name!, decode(value!)]))
      if (made) parent.append(made)
      if (!empty) open.push(made ?? parent)
    }
  }
  return open[0]!
}
