const svg = 'http://www.w3.org/2000/svg'

function draw(name: string, attributes: Record<string, string | number>): Element {
  const made = document.createElementNS(svg, name)
  for (const attribute in attributes) made.setAttribute(attribute, attributes[attribute] as string)
  return made
}

/** Draws a picture of a signed name's badge: the same one as static.Identicon does. */
export function face(badge: string): Element {
  let hash = 2166136261 // FNV-1a
  for (const c of badge) hash = Math.imul(hash ^ c.charCodeAt(0), 16777619)
  let cells = ''
  for (let i = 0; i < 15; i++) {
    if (hash << i < 0) {
      for (const x of new Set([i % 3, 4 - i % 3])) cells += `M${x} ${i / 3 | 0}h1v1h-1z`
    }
  }
  const made = draw('svg', { class: 'face', viewBox: '0 0 5 5', width: 20, height: 20, fill: 'currentColor', 'aria-hidden': 'true' })
  made.append(draw('path', { fill: `oklch(.6 .12 ${(hash >>> 0) % 360})`, d: cells }))
  return made
}
