type Child = Node | string | false | undefined

/** Makes an element. Its parts are its classes as well: hosts style the one, our sheet the other. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K, part: string, properties: Partial<HTMLElementTagNameMap[K]>, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties)
  if (part) {
    made.className = part
    made.setAttribute('part', part)
  }
  made.append(...children.filter(child => child !== undefined && child !== false))
  return made
}

export function button(part: string, words: string, onclick: () => void): HTMLButtonElement {
  return make('button', part, { type: 'button', onclick }, words)
}
