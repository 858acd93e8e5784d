import { get, put } from './draft'
import type { Place } from './page'

/** What a browser keeps of its reader's own comment. */
export interface Own {
  key: string // the edit key
  body: string // as written, to be edited
}

const prefix = 'postil:'

// Browsers may refuse to store; then it is kept while the page is open.
const memory = new Map<string, Own>()

export const own = (id: string): Own | null => memory.get(id) ?? get('localStorage', prefix + id) as Own | null

export function keep(id: string, own: Own): void {
  memory.set(id, own)
  put('localStorage', prefix + id, own)
}

export function forget(id: string): void {
  memory.delete(id)
  put('localStorage', prefix + id)
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
