import { speak, type Texts } from './text'

/** Returns a text about a number: the one of its plural form, which is English where the language lacks it. */
export function counter(lang: string, texts?: Texts): (key: string, n: number) => string {
  const rules = new Intl.PluralRules(lang)
  const say = speak(texts)
  return (key, n) => {
    const form = `${key}.${rules.select(n)}`
    return say(texts?.[form] || form.endsWith('.one') ? form : key + '.other', n.toLocaleString(lang))
  }
}
