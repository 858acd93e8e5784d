/** What a reader has written and not sent. */
export interface Kept {
  body?: string
  name?: string
  website?: string
  email?: string
  key?: string // the idempotency key of a new comment
}

type Where = 'localStorage' | 'sessionStorage'

/** Reads what was put somewhere. Browsers may refuse to store; then nothing was. */
export function get(where: Where, name: string): Kept | null {
  try {
    return JSON.parse(window[where].getItem(name)!) as Kept | null
  } catch {
    return null
  }
}

/** Puts something somewhere, or takes it away. */
export function put(where: Where, name: string, kept?: Kept | false): void {
  try {
    if (kept) window[where].setItem(name, JSON.stringify(kept))
    else window[where].removeItem(name)
  } catch {}
}

/**
 * Keeps the words of one form until they are sent: in the tab, which forgets
 * them when it is closed, and on the device only while they wait for a
 * connection.
 */
export function shelve(name: string, kept: Kept = {}, waits = false): void {
  put('localStorage', name, waits && kept)
  put('sessionStorage', name, !waits && !!kept.body && kept)
}
