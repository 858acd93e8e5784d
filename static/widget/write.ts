import * as api from './api'
import { Composer, type Draft } from './compose'
import { shelve } from './draft'
import type { Entry } from './entry'
import { forget, keep, own, shelf, waiting } from './keys'
import { solve } from './proof'
import { chosen } from './quote'
import { read } from './read'
import { ask } from './text'
import type { Thread } from './thread'
import type { Mark } from './tools'
import { type } from './type'
import css from './write.css'

export { lend } from './dom'
export { learn } from './text'

const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/** Does what a reader asks who writes: new comments, answers, changes to one's own. */
export class Desk {
  readonly #thread: Thread
  readonly #shelf: string // how the names begin under which drafts are kept

  constructor(thread: Thread) {
    const { node, place, status } = this.#thread = thread
    const root = node.getRootNode()
    if (root instanceof ShadowRoot && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
    this.#shelf = shelf(place)
    // Answers that had to wait are sent; the form for other comments sends its own.
    for (const parent of waiting(place)) {
      const entry = thread.entries.get(parent)
      if (entry) this.#answer(entry)
      else if (parent) {
        const { form } = this.#compose(parent, '…', () => form.remove(), () => form.remove())
        status.before(form)
      }
    }
  }

  /** Puts the form for a new comment in the place of a link, or of a form that was sent. */
  form(before: HTMLElement): void {
    const { body, form } = this.#compose('', '', () => this.form(form))
    const focused = before.matches(':focus')
    before.replaceWith(form)
    if (focused) body.focus()
  }

  /** Asks for an answer, which begins with what is selected of the comment. */
  reply(entry: Entry): void {
    const quoted = chosen(entry.article)
    const body = this.#answer(entry)
    if (quoted) type(body, quoted)
    else body.focus()
  }

  edit(entry: Entry): void {
    const { comment } = entry
    const { place } = this.#thread
    const mine = own(comment.id)
    if (!mine) return entry.show() // deleted in another window
    const { key, body } = mine
    const shelf = this.#shelf + comment.id
    entry.article.hidden = true
    this.#open(entry, end => new Composer({
      title: ask('edit'),
      send: 'save',
      body,
      shelf,
      ...this.#tools,
      cancel: end,
      save: async draft => {
        const answer = await api.edit(place, comment.id, key, draft.body)
        shelve(shelf)
        keep(comment.id, { key, body: draft.body })
        const held = answer.status === 'held'
        entry.comment = { ...comment, edited: true, held, words: read(answer.html, true) }
        entry.show()
        this.#tell(ask(held ? 'waits' : 'saved'))
        end()
      },
    })).focus()
  }

  async remove(entry: Entry): Promise<void> {
    const { place, status } = this.#thread
    const { id } = entry.comment
    try {
      await api.remove(place, id, own(id)?.key ?? '')
    } catch (error) {
      return this.#tell(error instanceof api.Refusal && error.detail || ask('unreachable'))
    }
    forget(id)
    entry.comment = { ...entry.comment, gone: true }
    entry.show()
    entry.node.querySelector(':scope > .follow')?.remove()
    if (!entry.answers.firstChild) entry.node.remove()
    this.#tell(ask('deleted'))
    status.focus()
  }

  #answer(entry: Entry): HTMLTextAreaElement {
    const { id } = entry.comment
    return this.#open(entry, end => this.#compose(id, entry.comment.name, end, end))
  }

  /** Shows a form below a comment, until it is sent or given up; one at a time. */
  #open({ article }: Entry, compose: (end: (alone?: boolean) => void) => Composer): HTMLTextAreaElement {
    article.parentElement!.querySelector(':scope > .form')?.remove()
    const { body, form } = compose(alone => {
      form.remove()
      article.hidden = false
      if (!alone) article.focus()
    })
    article.after(form)
    return body
  }

  /** A form for a new comment, which is over once it is sent. */
  #compose(parent: string, name: string, over: (alone: boolean) => void, cancel?: () => void): Composer {
    const shelf = this.#shelf + parent
    return new Composer({
      title: parent ? ask('replyTo', name) : ask('write'),
      send: 'post',
      shelf,
      ...this.#tools,
      prove: async (key, told) => {
        const challenge = await api.challenge(this.#thread.place, key)
        told(challenge)
        return solve(challenge)
      },
      ...cancel && { cancel },
      save: async (draft, alone) => {
        const id = await this.#post(draft, parent)
        shelve(shelf)
        over(alone)
        // Who writes on meanwhile is not torn away.
        if (!alone) await this.#thread.more<unknown>(more => this.#thread.node.querySelector('form :focus') || more.seek(id))
      },
    })
  }

  readonly #tools = {
    preview: async (body: string): Promise<Node> => read((await api.preview(this.#thread.place, body)).html, true),
    mark: (area: HTMLTextAreaElement, how: Mark) => void this.#thread.more(more => more.mark(area, how)),
  }

  /** Sends a draft and shows its author at once what became of it. Returns its id. */
  async #post(draft: Draft, parent: string): Promise<string> {
    const { site, page } = this.#thread.place
    const answer = await api.post(this.#thread.place, { site, page, parent, ...draft })
    const { id, status, html, edit_key: key } = answer
    keep(id, { key, body: draft.body })
    const held = status === 'held'
    // An earlier try, whose answer was lost, may be there already.
    const entry = this.#thread.entries.get(id) ?? this.#thread.insert({
      badge: '', owner: false, ...answer, name: answer.name || ask('anonymous'), parent, held, website: draft.website ?? '', words: read(html, true),
      pinned: false, edited: false, gone: false,
    })
    entry.comment.mine = true
    entry.show()
    this.#tell(ask(held ? 'waits' : 'published') + (answer.follow === 'asked' ? ' ' + ask('confirm') : ''))
    if (!held) void this.#thread.more(more => more.follow(entry, answer.replies_feed), () => {})
    return id
  }

  readonly #tell = (words: string): void => this.#thread.tell(words)
}
