import * as api from './api'
import { compose, type Draft, type Task } from './compose'
import { read } from './copy'
import { button, make } from './dom'
import { Entry, type Acts } from './entry'
import { load, type Comment, type Feed } from './feed'
import { forget, idempotencyKey, keep, own } from './keys'
import { feedURL, type Place } from './page'
import { say } from './text'

/** How many older documents are fetched to find one comment. */
const maxSearched = 20

/** The thread of one page: shows it, and does what its reader asks. */
export class Thread implements Acts {
  readonly node = make('section', 'thread', { ariaLabel: say('title') })
  readonly #place: Place
  readonly #entries = new Map<string, Entry>()
  readonly #keys = new Map<string, string>() // of drafts that are not known to have arrived
  readonly #list = make('div', 'list', {})
  readonly #status = make('p', 'status', { role: 'status', tabIndex: -1 })
  readonly #more = button('older', say('older'), async () => {
    // Focus must not vanish with the button.
    if (await this.#loadOlder() && this.#more.hidden) this.#list.querySelector<HTMLElement>('.entry')?.focus()
  })
  #orphans: Entry[] = [] // answers to comments that are not shown, older ones first
  #older = ''
  lang = ''
  open = false

  constructor(place: Place) {
    this.#place = place
  }

  /** Fetches the newest document and shows it; fails where that cannot be had. */
  async load(): Promise<void> {
    const feed = await load(feedURL(this.#place))
    this.lang = this.node.lang = feed.lang
    this.open = feed.open
    this.#add(feed)
    this.node.replaceChildren(
      make('h2', 'heading', {}, say('title')), this.#more, this.#list, this.#status,
      feed.open ? this.#writer() : make('p', 'closed', {}, say('closed')))
    if (!feed.comments.length && feed.open) this.tell(say('none'))
  }

  tell(words: string): void {
    this.#status.textContent = words
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

  reply(entry: Entry): void {
    const { id } = entry.comment
    this.#ask(entry, {
      title: say('replyTo', this.nameOf(id)),
      send: 'post',
      save: draft => this.#post(draft, id),
    })
  }

  edit(entry: Entry): void {
    const { comment } = entry
    const mine = own(comment.id)
    if (!mine) return entry.show() // deleted in another window
    const { key, body } = mine
    entry.article.hidden = true
    this.#ask(entry, {
      title: say('edit'),
      send: 'save',
      body,
      save: async draft => {
        const answer = await api.edit(this.#place, comment.id, key, draft.body)
        keep(comment.id, { key, body: draft.body })
        entry.comment = { ...comment, edited: true, held: answer.status === 'held', words: read(answer.html) }
        entry.show()
        this.tell(say(entry.comment.held ? 'waits' : 'saved'))
      },
    }, () => {
      entry.article.hidden = false
      entry.article.focus()
    })
  }

  async remove(entry: Entry): Promise<void> {
    const { id } = entry.comment
    try {
      await api.remove(this.#place, id, own(id)?.key ?? '')
    } catch (error) {
      this.tell(error instanceof api.Refusal && error.detail || say('unreachable'))
      return
    }
    forget(id)
    entry.comment = { ...entry.comment, gone: true }
    entry.show()
    if (!entry.answers.firstChild) entry.node.remove()
    this.tell(say('deleted'))
    this.#status.focus()
  }

  /** Shows a form below a comment, until it is sent or given up; one at a time. */
  #ask(entry: Entry, task: Omit<Task, 'preview'>, over = () => {}): void {
    entry.asked?.()
    const end = () => {
      entry.asked = undefined
      form.remove()
      over()
    }
    const form = compose({
      ...task,
      preview: this.#preview,
      cancel: () => {
        end()
        entry.article.focus()
      },
      save: async draft => {
        const id = await task.save(draft)
        end()
        if (id) await this.reveal(id)
      },
    })
    entry.asked = end
    entry.article.after(form)
    form.querySelector('textarea')!.focus()
  }

  /** The form for a new comment. */
  #writer(): HTMLFormElement {
    const form = compose({
      title: say('write'),
      send: 'post',
      preview: this.#preview,
      save: async draft => {
        const id = await this.#post(draft, '')
        form.replaceWith(this.#writer())
        await this.reveal(id)
      },
    })
    return form
  }

  #preview = async (body: string): Promise<Node> => read((await api.preview(this.#place, body)).html)

  /** Sends a draft and shows its author at once what became of it. Returns its id. */
  async #post(draft: Draft, parent: string): Promise<string> {
    const { site, page } = this.#place
    const content = JSON.stringify([parent, draft])
    const key = this.#keys.get(content) ?? idempotencyKey()
    this.#keys.set(content, key)
    const { id, status, html, created, edit_key } = await api.post(this.#place, { site, page, parent, key, ...draft })
    this.#keys.delete(content)
    keep(id, { key: edit_key, body: draft.body })
    const held = status === 'held'
    this.#insert({
      name: '', website: '', ...draft,
      id, parent, created, held, edited: false, gone: false, words: read(html),
    }, null)
    this.tell(say(held ? 'waits' : 'published'))
    return id
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
      .map(comment => this.#insert(comment, first))
      .filter(({ comment, node }) => comment.parent && node.parentNode === this.#list)
    this.#orphans = [...fresh, ...this.#orphans].filter(orphan => !this.#adopt(orphan))
  }

  #insert(comment: Comment, before: Node | null): Entry {
    const entry = new Entry(comment, this)
    this.#entries.set(comment.id, entry)
    if (!this.#adopt(entry)) this.#list.insertBefore(entry.node, before)
    return entry
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
