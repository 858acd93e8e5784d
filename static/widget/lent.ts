import type * as copy from './copy'
import type * as dom from './dom'
import type * as feed from './feed'
import type * as page from './page'

// Stands in for those files where a later part of the script is built: the
// first part has them already.
export let button: typeof dom.button
export let make: typeof dom.make
export let allowed: typeof copy.allowed
export let load: typeof feed.load
export let uuid: typeof feed.uuid
export let feedURL: typeof page.feedURL

/** Gives a later part what the first one has. */
export function lend(...own: Parameters<typeof dom.lend>): void {
  [button, make, allowed, load, uuid, feedURL] = own
}
