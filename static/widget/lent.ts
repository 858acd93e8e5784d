import type * as dom from './dom'
import type * as feed from './feed'
import type * as page from './page'
import type * as xml from './read'

// Stands in for those files where a later part of the script is built: the
// first part has them already.
export let button: typeof dom.button
export let make: typeof dom.make
export let load: typeof feed.load
export let feedURL: typeof page.feedURL
export let read: typeof xml.read

/** Gives a later part what the first one has. */
export function lend(...own: Parameters<typeof dom.lend>): void {
  [button, make, load, feedURL, read] = own
}
