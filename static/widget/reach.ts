import { make } from './dom'

/** What writes is fetched only when somebody may want to. */
export type Writing = typeof import('./write')

/**
 * Fetches what writes from the service. A browser that can checks it first by
 * the hash that stands in this very script, which the host's page checks: what
 * has been loaded so is not loaded again.
 */
export async function reach(service: string): Promise<Writing> {
  const href = service + WRITE_PATH
  const link = make('link', '', { rel: 'modulepreload', href, integrity: WRITE_INTEGRITY, crossOrigin: 'anonymous' })
  if (link.relList.supports('modulepreload')) {
    await new Promise((resolve, reject) => {
      link.onload = resolve
      link.onerror = reject
      document.head.append(link)
    }).finally(() => link.remove())
  }
  return import(href)
}
