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

/** What the service refused, in its words (RFC 9457). */
export class Refusal extends Error {
  constructor(readonly detail = '', readonly field = '') {
    super(detail)
  }
}

async function call<T>({ service }: Place, path: string, method: string, content?: object, key?: string): Promise<T> {
  const response = await fetch(service + '/api/v1/' + path, {
    method,
    credentials: 'omit',
    headers: {
      ...content && { 'Content-Type': 'application/json' },
      ...key && { Authorization: 'Bearer ' + key },
    },
    ...content && { body: JSON.stringify(content) },
  })
  const answer = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Refusal(answer.detail, answer.field)
  return answer
}

export const challenge = (place: Place, key: string) =>
  call<Challenge>(place, 'challenge?' + new URLSearchParams({ site: place.site, key }), 'GET')

export const post = (place: Place, draft: object) => call<Created>(place, 'comments', 'POST', draft)

export const edit = (place: Place, id: string, key: string, body: string) =>
  call<Answer>(place, 'comments/' + id, 'PATCH', { body }, key)

export const remove = (place: Place, id: string, key: string) =>
  call<void>(place, 'comments/' + id, 'DELETE', undefined, key)

export const preview = (place: Place, body: string) => call<{ html: string }>(place, 'preview', 'POST', { body })
