import { allowed } from './copy'
import { clock } from './date'
import { button, make } from './dom'
import { Entry, type Acts } from './entry'
import { load, uuid, type Comment, type Feed } from './feed'
import { feedURL, formURL, type Place } from './page'
import { reach, type More, type Writing } from './reach'
import { visits } from './stored'
import { speak, texts, type Say, type ScriptKey, type Texts } from './text'

/** How far below what can be seen something may be when it is made. */
export const ahead = { rootMargin: '600px' }

/** After how many comments they are shown before the others are read. */
const chunk = 8

/** How long, in milliseconds, what can wait does so. */
const calm = 500

/** How long a thread is open, in milliseconds, before it is asked what is new. */
const interval = 60_000

type Desk = InstanceType<Writing['Desk']>
type Reading = InstanceType<More['Reading']>
type Borrower = Pick<More, 'lend'>

/** The thread of one page: shows it, and lets its reader write. */
export class Thread implements Acts {
  readonly status = make('p', 'status', { role: 'status', tabIndex: -1 })
  readonly entries = new Map<string, Entry>()
  readonly list = make('div', 'list', {})
  readonly bar = make('div', 'bar', {})
  readonly node = make('section', 'thread', {
    ariaKeyShortcuts: 'J K',
    onkeydown: event => {
      if ('jk'.includes(event.key)) this.more(more => more.walk(event))
    },
    // What the buttons do is told by their classes.
    onclick: ({ target }) => this.#press(target as HTMLElement),
  }, this.bar, this.list, this.status)
  readonly kept: string = kept()
  say: Say<ScriptKey> = speak()
  declare when: (time: string) => Node
  declare texts: Texts[]
  declare written: string // the language of the comments
  declare open: boolean
  declare older: string // address of the next older one, or empty
  declare timer: number | undefined // until it is asked what is new
  declare settle: (() => void) | undefined // gives comments an order other than that of threads
  readonly #parts: Record<string, Promise<any>> = {} // of the script, by their addresses
  #older!: HTMLElement

  /** Speaks a language, or that of the feed. */
  constructor(readonly place: Place, public lang: string) {}

  /** Fetches the newest document and calls back when its first comments stand; fails where it cannot be had. */
  async load(shown: () => void): Promise<void> {
    const [feed] = await Promise.all([load(feedURL(this.place)), this.lang && this.#speak()])
    this.written = feed.lang
    const open = this.open = feed.open
    if (!this.lang) {
      this.lang = this.written
      await this.#speak()
    }
    const { say, node } = this
    node.ariaLabel = say('title')
    this.#older = button('older', say('older'))
    this.bar.append(make('h2', 'heading', {}, say('title')), button('view', say('view')))
    this.bar.after(this.#older)
    await this.add(feed, shown)
    // Not before, or a form would seem near that is far below.
    node.append(open ? this.#invite() : make('p', 'closed', {}, say('closed')))
    if (!this.entries.size && open) this.tell(say('none'))
    if (this.kept.includes(visits)) this.more(more => more.visit())
  }

  /** Asks for what is new from time to time, until it is stopped. */
  start(): void {
    this.stop()
    this.timer = setTimeout(() => this.more(more => more.watch(), () => {}), interval)
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  tell(words: string): void {
    this.status.textContent = words
  }

  readonly nameOf = (id: string): string | undefined => {
    const comment = this.entries.get(id)?.comment
    return comment && !comment.gone ? comment.name : undefined
  }

  /** Scrolls to a comment and marks it, by its id or by its name elsewhere. */
  reveal(name: string): Promise<void> {
    return this.more(more => more.seek(name))
  }

  /** Has something done by the part of the script that few readers reach for. */
  more<Result>(use: (more: Reading) => Result | Promise<Result>, failed: () => Result = this.#unreachable): Promise<Result> {
    return this.#part(MORE_PATH, MORE_INTEGRITY, ({ Reading }: More) => new Reading(this)).then(use, failed)
  }

  /** Has something done by the part that writes. */
  write(use: (desk: Desk) => unknown, failed = this.#unreachable): void {
    // Modules differ by their fragments too, so that each language has its own.
    this.#part(WRITE_PATH + '#' + this.lang, WRITE_INTEGRITY, ({ Desk, learn }: Writing) => {
      learn(this.texts[1])
      return new Desk(this)
    }).then(use, failed)
  }

  /** Has the picture of a badge drawn; later, for few comments have one. */
  readonly face = (into: HTMLElement, badge: string): Node => {
    setTimeout(() => this.more(more => more.draw(into, badge), () => {}), calm)
    return into
  }

  /** Shows a comment: below the one that it answers, or else at the end. */
  insert(comment: Comment): Entry {
    const entry = this.#place(comment, null)
    this.settle?.()
    return entry
  }

  /** Adds a document above those that are newer, whose answers then find their comments. */
  async add({ older, comments }: Feed, shown = () => {}): Promise<void> {
    this.older = older
    this.#older.hidden = !older
    const first = this.list.firstChild
    let n = 0
    for (const comment of comments) {
      if (this.entries.has(comment.id)) continue
      this.#place(comment, first)
      if (++n % chunk) continue
      shown()
      await new Promise(resolve => setTimeout(resolve))
    }
    if (this.settle) this.settle()
    else for (const { id } of [...this.list.children]) this.adopt(this.entries.get(id)!)
    shown()
  }

  /** Puts an answer below its comment, if that is here. */
  adopt(entry: Entry): boolean {
    const parent = this.entries.get(entry.comment.parent)
    parent?.answers.append(entry.node)
    if (parent) entry.show()
    return !!parent
  }

  #place(comment: Comment, before: Node | null): Entry {
    comment.name ||= this.say('anonymous')
    const entry = new Entry(comment, this)
    this.entries.set(comment.id, entry)
    if (!this.adopt(entry)) this.list.insertBefore(entry.node, before)
    return entry
  }

  #press(target: HTMLElement): void {
    const what = target.className
    if (what === 'reply' || what === 'edit') this.write(desk => desk[what](this.entries.get(target.closest('.branch')!.id)!))
    else if (/^(older|view|fold|answers|delete)$/.test(what)) this.more(more => more[what as 'fold'](target))
  }

  /** Leads to the form of the service until there is one here, or where there cannot be. */
  #invite(): Node {
    const link = make('a', 'compose', { href: formURL(this.place) }, this.say('write'))
    const near = new IntersectionObserver(seen => {
      // What waits for a connection is sent wherever the reader is.
      if (!seen.at(-1)!.isIntersecting && !this.kept.includes(`postil:draft:${this.place.site}${this.place.page}#`)) return
      near.disconnect()
      this.write(desk => link.replaceWith(desk.form()), () => {})
    }, ahead)
    near.observe(link)
    return link
  }

  /** Fetches a part of the script, once, unless it cannot be had now. */
  #part<Part extends Borrower, Made>(path: string, integrity: string, made: (part: Part) => Made): Promise<Made> {
    return this.#parts[path] ??= reach<Part>(this.place.service + path, integrity).then(part => {
      part.lend(button, make, allowed, load, uuid, feedURL)
      return made(part)
    }).catch(error => {
      delete this.#parts[path]
      throw error
    })
  }

  readonly #unreachable = (): any => this.tell(this.say('unreachable'))

  async #speak(): Promise<void> {
    this.texts = await texts(this.place.service, this.lang)
    this.say = speak(this.texts[0])
    this.when = clock(this.lang)
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
