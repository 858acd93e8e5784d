import { allowed } from './copy'
import { button, make } from './dom'
import { Entry, type Acts } from './entry'
import { load, type Comment, type Feed } from './feed'
import { forget, keep, own, shelf, waiting } from './keys'
import { feedURL, formURL, type Place } from './page'
import { reach, type Writing } from './reach'
import { say } from './text'

/** How many older documents are fetched to find one comment. */
const maxSearched = 20

/** How far below what can be seen the form may be when it is made. */
const ahead = '600px'

/** The thread of one page: shows it, and lets its reader write. */
export class Thread implements Acts {
  readonly node = make('section', 'thread', { ariaLabel: say('title') })
  readonly status = make('p', 'status', { role: 'status', tabIndex: -1 })
  readonly place: Place
  readonly tools = { allowed, forget, keep, own, shelf, waiting } // for what writes, which is a bundle of its own
  readonly #entries = new Map<string, Entry>()
  readonly #list = make('div', 'list', {})
  readonly #more = button('older', say('older'), async () => {
    // Focus must not vanish with the button.
    if (await this.#loadOlder() && this.#more.hidden) this.#list.querySelector<HTMLElement>('.entry')?.focus()
  })
  #writing: Promise<InstanceType<Writing['Desk']>> | undefined
  #orphans: Entry[] = [] // answers to comments that are not shown, older ones first
  #older = ''
  lang = ''
  open = false

  constructor(place: Place) {
    this.place = place
  }

  /** Fetches the newest document and shows it; fails where that cannot be had. */
  async load(): Promise<void> {
    const feed = await load(feedURL(this.place))
    this.lang = this.node.lang = feed.lang
    this.open = feed.open
    this.#add(feed)
    this.node.replaceChildren(
      make('h2', 'heading', {}, say('title')), this.#more, this.#list, this.status,
      feed.open ? this.#invite() : make('p', 'closed', {}, say('closed')))
    if (!feed.comments.length && feed.open) this.tell(say('none'))
  }

  tell(words: string): void {
    this.status.textContent = words
  }

  find(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  nameOf(id: string): string | undefined {
    const comment = this.#entries.get(id)?.comment
    return comment && !comment.gone ? comment.name || say('anonymous') : undefined
  }

  /** Scrolls to a comment and marks it; shadow trees have no fragment targets. */
  async reveal(id: string): Promise<void> {
    for (let searched = 0; !this.#entries.has(id) && this.#older && searched < maxSearched; searched++) {
      if (!await this.#loadOlder()) return
    }
    const article = this.#entries.get(id)?.article
    if (!article) return
    this.#list.querySelector('.target')?.classList.remove('target')
    article.classList.add('target')
    article.scrollIntoView()
    article.focus({ preventScroll: true })
  }

  async act(what: 'reply' | 'edit' | 'remove', entry: Entry): Promise<void> {
    try {
      const desk = await this.#write()
      desk[what](entry)
    } catch {
      this.tell(say('unreachable'))
    }
  }

  /** Shows a comment: below the one that it answers, or else at the end or before another. */
  insert(comment: Comment, before: Node | null = null): Entry {
    const entry = new Entry(comment, this)
    this.#entries.set(comment.id, entry)
    if (!this.#adopt(entry)) this.#list.insertBefore(entry.node, before)
    return entry
  }

  /** Leads to the form of the service until there is one here, or where there cannot be. */
  #invite(): Node {
    const link = make('a', 'compose', { href: formURL(this.place) }, say('write'))
    const unsent = waiting(this.place).length > 0
    const near = new IntersectionObserver(async ([seen]) => {
      if (!seen!.isIntersecting && !unsent) return
      near.disconnect()
      const desk = await this.#write().catch(() => undefined)
      if (desk) link.replaceWith(desk.form())
    }, { rootMargin: ahead })
    near.observe(link)
    return link
  }

  /** Fetches what writes, once, unless it cannot be had now. */
  #write(): Promise<InstanceType<Writing['Desk']>> {
    return this.#writing ??= reach(this.place.service).then(({ Desk }) => new Desk(this), error => {
      this.#writing = undefined
      throw error
    })
  }

  /** Fetches the next older document and shows it above what is there. */
  async #loadOlder(): Promise<boolean> {
    this.tell(say('wait'))
    try {
      this.#add(await load(this.#older))
      this.tell('')
      return true
    } catch {
      this.tell(say('failed'))
      return false
    }
  }

  /** Adds a document above those that are newer, whose answers then find their comments. */
  #add({ older, comments }: Feed): void {
    this.#older = older
    this.#more.hidden = !older
    const first = this.#list.firstChild
    const fresh = comments
      .filter(({ id }) => !this.#entries.has(id))
      .map(comment => this.insert(comment, first))
      .filter(({ comment, node }) => comment.parent && node.parentNode === this.#list)
    this.#orphans = [...fresh, ...this.#orphans].filter(orphan => !this.#adopt(orphan))
  }

  /** Puts an answer below its comment, if that is here. */
  #adopt(entry: Entry): boolean {
    const parent = this.#entries.get(entry.comment.parent)
    if (!parent) return false
    parent.answers.append(entry.node)
    entry.show()
    return true
  }
}
