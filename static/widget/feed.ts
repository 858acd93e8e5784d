import { copy } from './copy'

/** One comment, from a feed or from the answer to a post. */
export interface Comment {
  id: string // a UUID
  parent: string // likewise, or empty
  name: string
  website: string
  badge: string // of a signed name, or empty
  created: string // RFC 3339
  updated?: string // likewise, as the feed says it
  was?: string // the fragment by which another system's pages linked to it, or empty
  owner: boolean // by the blog's owner
  pinned: boolean
  edited: boolean
  held: boolean // only its author sees it
  mine?: boolean // written here
  fresh?: boolean // the reader has not seen it before
  gone: boolean // removed, but answered
  words: Node
}

/** What one document of a thread says. */
export interface Feed {
  lang: string
  open: boolean // new comments are accepted
  older: string // address of the next older document, or empty
  root: Element
  comments: Iterable<Comment> // parents before their answers; each is read when its turn comes
}

/**
 * Fetches and reads a document. XMLHttpRequest it must be: where Trusted Types
 * are required it alone still parses, here when responseXML is asked for. Asked
 * about XML that is not well-formed, browsers answer with an error page whose
 * styles the policy of the host refuses, with a complaint.
 */
export function load(url: string): Promise<Feed> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', url)
    request.onload = () => {
      const root = request.responseXML?.documentElement
      if (root?.localName === 'feed') resolve(read(root))
      else reject()
    }
    request.onerror = reject
    request.send()
  })
}

function read(feed: Element): Feed {
  return {
    lang: feed.getAttribute('xml:lang') || 'en',
    open: !!feed.querySelector('.compose'),
    older: feed.querySelector('link[rel="prev-archive"]')?.getAttribute('href') ?? '',
    root: feed,
    comments: comments(feed),
  }
}

function* comments(feed: Element): Generator<Comment> {
  for (const entry of feed.querySelectorAll('entry')) yield comment(entry)
}

function comment(entry: Element): Comment {
  const text = (selector: string) => entry.querySelector(selector)?.textContent ?? ''
  const attribute = (selector: string, name: string) => entry.querySelector(selector)?.getAttribute(name) ?? ''
  const marked = (mark: string) => !!attribute(`category[term=${mark}]`, 'term')
  const words = entry.querySelector('content > *')
  return {
    id: uuid(text('id')),
    parent: uuid(attribute('in-reply-to', 'ref')),
    name: text('name'),
    website: text('uri'),
    badge: attribute('category[scheme$=":badge"]', 'term'),
    created: text('published'),
    updated: text('updated'),
    was: oldName(entry),
    owner: marked('owner'),
    pinned: marked('pinned'),
    edited: marked('edited'),
    held: false,
    gone: marked('gone'),
    words: words ? copy(words) : new DocumentFragment(),
  }
}

/** The fragment by which pages linked to a comment before it was imported. */
const oldName = (entry: Element) => entry.querySelector('.was')?.id ?? ''

/** The end of tag:blog.example,2026-11-22:comment:UUID. */
export const uuid = (tag: string) => tag.split(':').pop()!
