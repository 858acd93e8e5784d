import { button, make } from './dom'
import { load } from './feed'
import { feedURL } from './page'
import { read } from './read'

/** What writes is fetched only when somebody may want to. */
type Writing = typeof import('./write')

/** Likewise, what few readers reach for. */
type More = typeof import('./more')

type Part = Pick<Writing, 'lend'>

const fetched: Record<string, Promise<any>> = {} // by address

/** Fetches a part of the script from the service, once, unless it cannot be had now. */
function reach<P extends Part>(href: string, integrity: string): Promise<P> {
  return fetched[href] ??= checked<P>(href, integrity).catch(error => {
    delete fetched[href]
    throw error
  })
}

/**
 * Fetches a part. A browser that can checks it first by the hash that stands in
 * this very script, which the host's page checks: what has been loaded so is
 * not loaded again.
 */
async function checked<P extends Part>(href: string, integrity: string): Promise<P> {
  const link = make('link', '', { rel: 'modulepreload', href, integrity, crossOrigin: 'anonymous' })
  if (link.relList.supports('modulepreload')) {
    await new Promise((resolve, reject) => {
      link.onload = resolve
      link.onerror = reject
      document.head.append(link)
    }).finally(() => link.remove())
  }
  const part: P = await import(href)
  part.lend(button, make, load, feedURL, read)
  return part
}

export const reachMore = (service: string) => reach<More>(service + MORE_PATH, MORE_INTEGRITY)

/** Modules differ by their fragments too, so that each language has its own. */
export const reachWriting = (service: string, lang: string) => reach<Writing>(`${service + WRITE_PATH}#${lang}`, WRITE_INTEGRITY)
