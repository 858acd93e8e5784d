import type { Place } from './page'

/** What the service answers about a comment of one's own. */
export interface Answer {
  id: string
  status: 'published' | 'held'
  html: string
  created: string
  edit_key: string
}

/** What the service refused, in its words (RFC 9457). */
export class Refusal extends Error {
  constructor(readonly detail = '', readonly field = '') {
    super(detail)
  }
}

async function call<T>(url: string, method: string, content?: object, key?: string): Promise<T> {
  const response = await fetch(url, {
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

const api = ({ service }: Place) => service + '/api/v1/'

export const post = (place: Place, draft: object) => call<Answer>(api(place) + 'comments', 'POST', draft)

export const edit = (place: Place, id: string, key: string, body: string) =>
  call<Answer>(api(place) + 'comments/' + id, 'PATCH', { body }, key)

export const remove = (place: Place, id: string, key: string) =>
  call<void>(api(place) + 'comments/' + id, 'DELETE', undefined, key)

export const preview = (place: Place, body: string) => call<{ html: string }>(api(place) + 'preview', 'POST', { body })
