import { make } from './dom'

/** What writes is fetched only when somebody may want to. */
export type Writing = typeof import('./write')

/** Likewise, what few readers reach for. */
export type More = typeof import('./more')

/**
 * Fetches a part of the script from the service. A browser that can checks it
 * first by the hash that stands in this very script, which the host's page
 * checks: what has been loaded so is not loaded again.
 */
export async function reach<Part>(href: string, integrity: string): Promise<Part> {
  const link = make('link', '', { rel: 'modulepreload', href, integrity, crossOrigin: 'anonymous' })
  if (link.relList.supports('modulepreload')) {
    await new Promise((resolve, reject) => {
      link.onload = resolve
      link.onerror = reject
      document.head.append(link)
    }).finally(() => link.remove())
  }
  return import(href)
}
