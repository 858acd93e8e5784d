import { clock } from './date'
import { button, make } from './dom'
import { Entry, type Acts } from './entry'
import { load, type Comment, type Feed } from './feed'
import type { Reading } from './more'
import { near } from './near'
import { feedURL, type Place } from './page'
import { reachMore, reachWriting } from './reach'
import { visits } from './stored'
import { speak, texts, type Say, type ScriptKey, type Texts } from './text'
import type { Desk } from './write'

/** How many comments are shown before others are read, and then each time before more are. */
const first = 4
const chunk = 16

/** How long, in milliseconds, what can wait does so. */
const calm = 500

/** How long a thread is open, in milliseconds, before it is asked what is new. */
const interval = 60_000

/** Lets the browser draw what has been shown, and do what else waits. */
const drawn = () => new Promise<unknown>(resolve => requestAnimationFrame(() => setTimeout(resolve)))

/** The thread of one page: shows it, and lets its reader write. */
export class Thread implements Acts {
  readonly status = make('p', 'status', { role: 'status', tabIndex: -1 })
  readonly entries = new Map<string, Entry>()
  readonly list = make('div', 'list', {})
  readonly bar = make('div', 'bar', {})
  readonly node = make('section', 'thread', {
    ariaKeyShortcuts: 'J K',
    onkeydown: event => {
      if ('jk'.includes(event.key) && !(event.target as Element).closest('form')) this.more(more => more.walk(event))
    },
    // What the buttons do is told by their classes.
    onclick: ({ target }) => this.#press(target as HTMLElement),
  }, this.bar, this.list, this.status)
  readonly kept: string = kept()
  say: Say<ScriptKey> = speak()
  declare when: ((time: HTMLTimeElement) => void) | undefined
  declare texts: Texts[]
  declare written: string // the language of the comments
  declare form: string // address of the service's own, or empty where new comments are not accepted
  declare older: string // address of the next older one, or empty
  declare whole: Promise<void> // until all comments of the newest document stand
  declare timer: number | undefined // until it is asked what is new
  declare settle: (() => void) | undefined // gives comments an order other than that of threads
  #reading: Reading | undefined
  #desk: Desk | undefined
  #older!: HTMLElement

  /** Speaks a language, or that of the feed. */
  constructor(readonly place: Place, public lang: string) {}

  /** Fetches the newest document, until its first comments stand; fails where it cannot be had. */
  async load(): Promise<void> {
    const [feed] = await Promise.all([load(feedURL(this.place)), this.lang && this.#speak()])
    this.written = feed.root.getAttribute('xml:lang')!
    this.form = feed.root.querySelector<HTMLAnchorElement>('.compose')?.href ?? ''
    if (!this.lang) {
      this.lang = this.written
      await this.#speak()
    }
    const { say, node } = this
    node.ariaLabel = say('title')
    this.#older = button('older', say('older'))
    this.bar.append(make('h2', 'heading', {}, say('title')), button('view', say('view')))
    this.bar.after(this.#older)
    // Words come first: to make a clock takes longer than to show them.
    void drawn().then(() => this.date())
    this.whole = this.add(feed).then(() => {
      // Not before, or a form would seem near that is far below.
      node.append(this.form ? this.#invite() : make('p', 'closed', {}, say('closed')))
      if (!this.entries.size && this.form) this.tell(say('none'))
      if (this.kept.includes(visits)) this.more(more => more.visit())
    })
  }

  /** Asks for what is new from time to time, until it is taken away. */
  start(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.node.isConnected && this.more(more => more.watch(), () => {}), interval)
  }

  /** Says of each comment how long ago it was written. */
  date(): void {
    this.when = clock(this.lang)
    this.list.querySelectorAll('time').forEach(this.when)
  }

  tell(words: string): void {
    this.status.textContent = words
  }

  /** Has something done by the part of the script that few readers reach for. */
  more<Result>(use: (more: Reading) => Result | Promise<Result>, failed: () => Result = this.#unreachable): Promise<Result> {
    return reachMore(this.place.service).then(({ Reading }) => use(this.#reading ??= new Reading(this)), failed)
  }

  /** Has something done by the part that writes. */
  write(use: (desk: Desk) => unknown, failed = this.#unreachable): void {
    reachWriting(this.place.service, this.lang).then(({ Desk, learn }) => {
      learn(this.texts[1])
      use(this.#desk ??= new Desk(this))
    }, failed)
  }

  /** Has the picture of a badge drawn; later, for few comments have one. */
  readonly face = (into: HTMLElement, badge: string): Node => {
    setTimeout(() => this.more(more => more.draw(into, badge), () => {}), calm)
    return into
  }

  /** Shows a comment: below the one that it answers, or else at the end or before a node of the list. */
  insert(comment: Comment, before: Node | null = null): Entry {
    const entry = new Entry(comment, this)
    this.entries.set(comment.id, entry)
    if (!this.adopt(entry)) this.list.insertBefore(entry.node, before)
    this.settle?.()
    return entry
  }

  /** Adds a document above those that are newer, whose answers then find their comments. */
  async add({ root, comments }: Feed): Promise<void> {
    this.older = root.querySelector<HTMLLinkElement>('[rel=prev-archive]')?.href ?? ''
    this.#older.hidden = !this.older
    const above = this.list.firstChild
    let n = 0
    for (const read of comments) {
      const comment = read()
      if (this.entries.has(comment.id)) continue
      this.insert(comment, above)
      if (++n % chunk === first) await drawn()
    }
    if (!this.settle) {
      for (const { id } of [...this.list.children]) {
        if (this.adopt(this.entries.get(id)!)) this.entries.get(id)!.show()
      }
    }
  }

  /** Puts an answer below its comment, if that is here. */
  adopt(entry: Entry): boolean {
    const parent = this.entries.get(entry.comment.parent)
    parent?.answers.append(entry.node)
    return !!parent
  }

  #press(target: HTMLElement): void {
    const what = target.className
    if (what === 'reply' || what === 'edit') this.write(desk => desk[what](this.entries.get(target.closest('.branch')!.id)!))
    else if (/^(older|view|fold|answers|delete)$/.test(what)) this.more(more => more[what as 'fold'](target))
  }

  /** Leads to the form of the service until there is one here, or where there cannot be. */
  #invite(): Node {
    const { site, page } = this.place
    const link = make('a', 'compose', { href: this.form }, this.say('write'))
    const write = () => {
      observer.disconnect()
      this.write(desk => desk.form(link), () => {})
    }
    const observer = near(link, write)
    // What waits for a connection is sent wherever the reader is.
    if (this.kept.includes(`postil:draft:${site}${page}#`)) write()
    return link
  }

  readonly #unreachable = (): any => this.tell(this.say('unreachable'))

  async #speak(): Promise<void> {
    this.texts = await texts(this.place.service, this.lang)
    this.say = speak(this.texts[0])
    this.node.lang = this.texts.length ? this.lang : 'en'
  }
}

/** The names under which this browser has stored something for this site, unless it refuses. */
function kept(): string {
  try {
    return Object.keys(localStorage).join()
  } catch {
    return ''
  }
}
