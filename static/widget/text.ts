import english from '../locales/en.json'

/** The script's texts stand under a prefix; each bundle gets its own, without it. */
type Key<Prefix extends string> = keyof typeof english extends infer K ? K extends `${Prefix}.${infer Name}` ? Name : never : never

/** Keys of the texts with which comments are shown. */
export type ScriptKey = Key<'script'>

/** Keys of those with which they are written. */
export type WriteKey = Key<'write'>

/** Texts of one language, which may lack some. */
export type Texts = Record<string, string>

/** Returns a text with its one placeholder filled. */
export type Say<K> = (key: K, value?: string) => string

/** Speaks a language as far as its texts are there, and else English. */
export function speak(texts?: Texts): Say<string> {
  const all = { ...english, ...texts } as Texts
  return (key, value = '') => all[key]!.replace(/{\w+}/, () => value)
}

/** A text for people who write. */
export let ask: Say<WriteKey> = /* @__PURE__ */ speak()

/** Has what writes speak another language. */
export function learn(texts?: Texts): void {
  ask = speak(texts)
}

/**
 * Fetches the texts of a language: those of reading, and those of writing.
 * Without them it is English. Which languages there are is not known here, so
 * that scripts of earlier releases speak those of later ones.
 */
export async function texts(service: string, lang: string): Promise<Texts[]> {
  const [tag] = lang.toLowerCase().match(`${REGIONS}|\\w+`) ?? ['en']
  return tag === 'en' ? [] : fetch(`${service}/postil.${tag}.json`).then(answer => answer.json()).catch(() => [])
}
