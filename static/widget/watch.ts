import type { Entry } from './entry'
import { load, type Feed } from './feed'
import { feedURL } from './page'
import { speak } from './text'
import type { Thread } from './thread'

/** How often the feed is asked for, in milliseconds: at first, and when nothing has been new for long. */
const often = 60_000
const seldom = 960_000

/** How soon it is noticed that the page can be seen again. */
const glance = 5_000

/**
 * Asks for what is new while the page can be seen. Browsers make these requests
 * conditional by themselves: feeds have entity-tags and must be revalidated.
 */
export class Watch {
  readonly #thread: Thread
  readonly #noticed: () => void
  #wait = often

  constructor(thread: Thread, noticed: () => void) {
    this.#thread = thread
    this.#noticed = noticed
  }

  readonly look = async (): Promise<void> => {
    if (document.hidden || !this.#thread.node.isConnected) return this.#plan(glance)
    const changed = await load(feedURL(this.#thread.place)).then(feed => this.#merge(feed)).catch(() => 0)
    this.#thread.date()
    this.#wait = changed ? often : Math.min(2 * this.#wait, seldom)
    this.#plan(this.#wait)
  }

  /** Goes on later, unless the thread has been taken away. */
  #plan(wait: number): void {
    clearTimeout(this.#thread.timer)
    if (this.#thread.node.isConnected) this.#thread.timer = setTimeout(this.look, wait)
  }

  /** Shows what has come, changed, or gone since, and returns how many that are. */
  #merge(feed: Feed): number {
    const { entries, lang, texts } = this.#thread
    const there = new Set<string>()
    let come = 0
    let changed = 0
    for (const read of feed.comments) {
      const comment = read()
      const entry = entries.get(comment.id)
      there.add(comment.id)
      if (!entry) {
        come++
        this.#thread.insert({ ...comment, fresh: true })
      } else if (entry.comment.updated !== comment.updated || entry.comment.gone !== comment.gone) {
        changed++
        const { fresh, mine } = entry.comment
        entry.comment = { ...comment, fresh: !!fresh, mine: !!mine }
        this.#redraw(entry)
      }
    }
    for (const deleted of feed.root.querySelectorAll('deleted-entry')) {
      const entry = entries.get(deleted.getAttribute('ref')!.split(':').pop()!)
      if (!entry || entry.comment.gone || there.has(entry.comment.id)) continue
      changed++
      this.#remove(entry)
    }
    if (come) this.#thread.tell(speak(texts[0])('more.new', come.toLocaleString(lang)))
    this.#noticed()
    return come + changed
  }

  #redraw(entry: Entry): void {
    const focused = this.#holdsFocus(entry.article)
    entry.show()
    if (focused) entry.article.focus({ preventScroll: true })
  }

  /** Takes a comment away, unless answers stand below it, or a form for one. */
  #remove(entry: Entry): void {
    if (entry.node.childElementCount > 2 || entry.answers.firstChild) {
      entry.comment = { ...entry.comment, gone: true }
      return this.#redraw(entry)
    }
    const focused = this.#holdsFocus(entry.node)
    this.#thread.entries.delete(entry.comment.id)
    entry.node.remove()
    if (focused) this.#thread.status.focus()
  }

  #holdsFocus(node: Node): boolean {
    const root = node.getRootNode()
    return root instanceof ShadowRoot && node.contains(root.activeElement)
  }
}
