import type { Place } from './page'

/** What a browser keeps of its reader's own comment. */
export interface Own {
  key: string // the edit key
  body: string // as written, to be edited
}

const prefix = 'postil:'

// Browsers may refuse to store; then it is kept while the page is open.
const memory = new Map<string, Own>()

export function own(id: string): Own | undefined {
  if (memory.has(id)) return memory.get(id)
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(prefix + id) ?? 'null')
    return stored ? stored as Own : undefined
  } catch {
    return
  }
}

export function keep(id: string, own: Own): void {
  memory.set(id, own)
  try {
    localStorage.setItem(prefix + id, JSON.stringify(own))
  } catch {}
}

export function forget(id: string): void {
  memory.delete(id)
  try {
    localStorage.removeItem(prefix + id)
  } catch {}
}

/** Where what writes keeps a draft; the end says what it is for. */
export const shelf = ({ site, page }: Place) => `${prefix}draft:${site}${page}#`

/** What the drafts are for that wait for a connection: the ids of comments to be answered, or an empty text. */
export function waiting(place: Place): string[] {
  const from = shelf(place)
  try {
    return Object.keys(localStorage).filter(key => key.startsWith(from)).map(key => key.slice(from.length))
  } catch {
    return []
  }
}
