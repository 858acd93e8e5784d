import { visits } from './stored'
import { speak } from './text'
import type { Thread } from './thread'

/** How many pages are remembered, those longest unvisited being forgotten. */
const most = 200

/**
 * Marks what has been written since the reader's last visit. It remembers, in
 * the reader's browser and only if the reader has asked for it, of each page
 * when its newest comment was written.
 */
export class Visits {
  readonly #thread: Thread
  readonly #page: string

  constructor(thread: Thread) {
    this.#thread = thread
    this.#page = thread.place.site + thread.place.page
  }

  /** Marks what is new, once for each time that the page is opened. */
  begin(): void {
    const { entries, lang, texts } = this.#thread
    const last = Date.parse(read()?.[this.#page] ?? '')
    let n = 0
    for (const entry of entries.values()) {
      const { comment } = entry
      if (comment.gone || !(Date.parse(comment.created) > last)) continue
      n++
      comment.fresh = true
      entry.show()
    }
    if (n) this.#thread.tell(speak(texts[0])('more.since', n.toLocaleString(lang)))
    this.note()
  }

  /** Remembers what has been seen, if the reader wants that. */
  note(): void {
    if (read()) this.#remember()
  }

  /** Begins to remember, or forgets everything. */
  readonly toggle = (tool: HTMLElement): void => {
    const say = speak(this.#thread.texts[0])
    const off = !!read()
    try {
      if (off) localStorage.removeItem(visits)
      else this.#remember()
      tool.ariaPressed = `${!off}`
      this.#thread.tell(say(off ? 'more.off' : 'more.on'))
    } catch {
      this.#thread.tell(say('more.refused'))
    }
  }

  #remember(): void {
    const { [this.#page]: before, ...others } = read() ?? {}
    const seen = [before ?? '1970-01-01T00:00:00Z', ...Array.from(this.#thread.entries.values(), ({ comment }) => comment.created)]
    const newest = seen.reduce((a, b) => Date.parse(a) < Date.parse(b) ? b : a)
    localStorage.setItem(visits, JSON.stringify(Object.fromEntries([...Object.entries(others).slice(1 - most), [this.#page, newest]])))
  }
}

/** What is remembered, if anything may be. */
function read(): Record<string, string> | undefined {
  try {
    return JSON.parse(localStorage.getItem(visits) ?? 'null') ?? undefined
  } catch {
    return
  }
}
