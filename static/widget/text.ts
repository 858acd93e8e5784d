import english from '../locales/en.json'

/** Keys of the script's texts; the build leaves the others out and takes off the prefix. */
export type Key = keyof typeof english extends infer K ? K extends `script.${infer Name}` ? Name : never : never

const words = english as unknown as Record<Key, string>

/** A text for people. */
export function say(key: Key, name = ''): string {
  return words[key].replace('{name}', () => name)
}

/** A moment as the reader's own clock and the thread's language have it. */
export function moment(time: string, lang: string): string {
  return new Date(time).toLocaleString(lang, { dateStyle: 'long', timeStyle: 'short' })
}
