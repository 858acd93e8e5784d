type Child = Node | string | false | undefined // the last two, and empty texts, make nothing

/** Makes an element. Its parts are its classes as well: hosts style the one, our sheet the other. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K, part: string, properties: Partial<HTMLElementTagNameMap[K]>, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties)
  if (part) {
    made.className = part
    made.setAttribute('part', part)
  }
  made.append(...children.filter(child => child) as Node[])
  return made
}

/** Makes a button. The thread itself does what the parts of the ones without a function say. */
export function button(part: string, words: string, onclick: (() => void) | null = null): HTMLButtonElement {
  return make('button', part, { type: 'button', onclick }, words)
}

/** Gives a later part of the script what the first one has; see lent.ts, which takes this file's place there. */
export declare function lend(...own: [
  typeof button, typeof make,
  typeof import('./feed').load, typeof import('./page').feedURL,
  typeof import('./read').read,
]): void
