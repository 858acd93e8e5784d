import { read } from './read'

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

/** One document of a thread. */
export interface Feed {
  root: Element // what it says of itself
  comments: (() => Comment)[] // parents before their answers; each is read when its turn comes
}

/** Fetches and reads a document; fails where there is none. */
export async function load(url: string): Promise<Feed> {
  const [head, ...entries] = (await (await fetch(url)).text()).split('<entry>')
  return { root: read(head!).querySelector('feed')!, comments: entries.map(xml => () => comment(xml)) }
}

function comment(xml: string): Comment {
  // Such content is one div (RFC 4287 §3.1.1.3).
  const [before, xhtml = '', after] = xml.split(/<content[^>]*>\s*<div[^>]*>|<\/div>\s*<\/content>/)
  const entry = read(before! + after)
  const text = (selector: string) => entry.querySelector(selector)?.textContent ?? ''
  const attribute = (selector: string, name: string) => entry.querySelector(selector)?.getAttribute(name) ?? ''
  const marked = (mark: string) => !!entry.querySelector(`[term=${mark}]`)
  return {
    id: uuid(text('id')),
    parent: uuid(attribute('in-reply-to', 'ref')),
    badge: attribute('[scheme$=badge]', 'term'),
    name: text('name'),
    website: text('uri'),
    created: text('published'),
    updated: text('updated'),
    was: attribute('.was', 'id'), // set by imports
    owner: marked('owner'),
    pinned: marked('pinned'),
    edited: marked('edited'),
    held: false,
    gone: marked('gone'),
    words: read(xhtml, true),
  }
}

/** The end of tag:blog.example,2026-11-22:comment:UUID. */
const uuid = (tag: string) => tag.split(':').pop()!
