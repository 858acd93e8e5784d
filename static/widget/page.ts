/** Which thread an element shows, and who serves it. */
export interface Place {
  service: string // the public address, without a slash at its end
  site: string
  page: string
}

// Browsers name the running script only while it runs for the first time.
const script = (document.currentScript as HTMLScriptElement | null)?.src ?? ''

/** Reads an element's attributes; without them it is about the page that it stands on. */
export function placeOf(element: Element): Place {
  const said = (name: string) => element.getAttribute(name)
  return {
    service: (said('service') || script.replace(/(static\/)?[^/]*$/, '')).replace(/\/+$/, ''),
    site: said('site') || location.host,
    page: canonical(said('page') || location.pathname),
  }
}

/**
 * The one name of a page, as the service too would reduce it: percent-encoding
 * in its normal form, no empty segments, no index.html. The query stays only
 * where the page attribute has one.
 */
export function canonical(page: string): string {
  const { pathname, search } = new URL(page, location.origin)
  const path = pathname.split('/').filter(Boolean).map(encode).join('/')
  return '/' + path.replace(/((^|\/)index\.html?)+$/, '') + search
}

function encode(segment: string): string {
  try {
    return encodeURI(decodeURIComponent(segment)).replace(/[/?#]/g, encodeURIComponent)
  } catch {
    return segment
  }
}

/** Where the newest document of a thread is. A query is part of a directory's name there. */
export const feedURL = ({ service, site, page }: Place) =>
  `${service}/feeds/${site}${page === '/' ? '' : page.replace(/\?.*/, encodeURIComponent)}/feed.xml`
