import english from '../locales/en.json'

/** The script's texts stand under a prefix; each bundle gets its own, without it. */
type Key<Prefix extends string> = keyof typeof english extends infer K ? K extends `${Prefix}.${infer Name}` ? Name : never : never

/** Keys of the texts with which comments are shown. */
export type ScriptKey = Key<'script'>

/** Keys of those with which they are written. */
export type WriteKey = Key<'write'>

const words = english as unknown as Record<string, string>

const text = (key: string, name = '') => words[key]!.replace('{name}', () => name)

/** A text for people who read. */
export const say: (key: ScriptKey, name?: string) => string = text

/** A text for people who write. */
export const ask: (key: WriteKey, name?: string) => string = text

/** A moment as the reader's own clock and the thread's language have it. */
export function moment(time: string, lang: string): string {
  return new Date(time).toLocaleString(lang, { dateStyle: 'long', timeStyle: 'short' })
}
