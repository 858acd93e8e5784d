import type { Place } from './page'
import { counter } from './plural'
import { texts, type Texts } from './text'

/** How many pages the service answers for at once. */
const most = 50

type Elements = Map<string, HTMLElement[]> // by the page that they are about

/** Elements that wait for their numbers, and what they are about. */
const waiting = new Map<HTMLElement, Place>()

/** The page that each element is about now, for answers can overtake each other. */
const wanted = new WeakMap<HTMLElement, string>()

/** Has an element show how many comments a page has. All elements of a page ask together. */
export function count(element: HTMLElement, place: Place): void {
  if (!waiting.size) {
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', ask, { once: true })
    else setTimeout(ask)
  }
  waiting.set(element, place)
  wanted.set(element, place.page)
}

function ask(): void {
  const sites: Record<string, { service: string, site: string, pages: Elements }> = {}
  for (const [element, { service, site, page }] of waiting) {
    if (!element.isConnected) continue
    const { pages } = sites[service + ' ' + site] ??= { service, site, pages: new Map() }
    pages.set(page, [...pages.get(page) ?? [], element])
  }
  waiting.clear()
  for (const { service, site, pages } of Object.values(sites)) {
    const all = [...pages]
    // What hosts wrote stays where there is no answer.
    while (all.length) void answer(service, site, new Map(all.splice(0, most))).catch(() => {})
  }
}

async function answer(service: string, site: string, pages: Elements): Promise<void> {
  const query = new URLSearchParams([['site', site], ...[...pages.keys()].map(page => ['page', page])])
  const response = await fetch(`${service}/api/v1/counts?${query}`)
  const { counts } = await response.json() as { counts: Record<string, number> }
  for (const [page, elements] of pages) {
    for (const element of elements) await show(element, page, counts[page]!, service)
  }
}

const fetched: Record<string, Promise<Texts[]>> = {}

async function show(element: HTMLElement, page: string, n: number, service: string): Promise<void> {
  const lang = element.closest('[lang]')?.getAttribute('lang')?.replaceAll('_', '-') || 'en'
  const [words] = await (fetched[lang] ??= texts(service, lang))
  if (wanted.get(element) !== page) return
  const shadow = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  shadow.textContent = counter(lang, words)('more.count', n)
}
