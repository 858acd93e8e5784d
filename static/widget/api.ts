import type { Place } from './page'

/** What the service answers about a comment of one's own. */
export interface Answer {
  id: string
  status: 'published' | 'held'
  html: string
  created: string
}

/** Likewise, of a new one. */
export interface Created extends Answer {
  edit_key: string
  replies_feed: string
  name: string // without the secret that signs it
  badge?: string
  owner?: boolean
  follow?: 'asked' | 'on'
}

/** Work that makes a post look less like a machine's (Altcha). */
export interface Challenge {
  algorithm: string
  challenge: string
  maxNumber: number
  salt: string
  signature: string
  mail: boolean // the service can send answers by mail
}

/** For how many seconds at most a form waits by itself when the service asks for patience. */
const longest = 60

/** What the service refused, in its words (RFC 9457), and after how many seconds it may think better of it; 0: not soon. */
export class Refusal extends Error {
  constructor(readonly detail = '', readonly field = '', readonly after = 0) {
    super(detail)
  }
}

async function call<T>({ service }: Place, path: string, method: string, content?: object, key?: string): Promise<T> {
  const response = await fetch(service + '/api/v1/' + path, {
    method,
    credentials: 'omit',
    headers: key ? { Authorization: 'Bearer ' + key } : {},
    ...content && { body: new Blob([JSON.stringify(content)], { type: 'application/json' }) },
  })
  const answer = await response.json().catch(() => ({})) // nothing after a deletion, and a proxy may have answered
  if (response.ok) return answer
  const after = response.status === 503 && Number(response.headers.get('Retry-After'))
  throw new Refusal(answer.detail, answer.field, after && after <= longest ? after : 0)
}

export const challenge = (place: Place, key: string) =>
  call<Challenge>(place, 'challenge?' + new URLSearchParams({ site: place.site, key }), 'GET')

export const post = (place: Place, draft: object) => call<Created>(place, 'comments', 'POST', draft)

export const edit = (place: Place, id: string, key: string, body: string) =>
  call<Answer>(place, 'comments/' + id, 'PATCH', { body }, key)

export const remove = (place: Place, id: string, key: string) =>
  call<void>(place, 'comments/' + id, 'DELETE', undefined, key)

export const preview = (place: Place, body: string) => call<{ html: string }>(place, 'preview', 'POST', { body })
