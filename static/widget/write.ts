import * as api from './api'
import { compose, type Draft, type Task } from './compose'
import type { Entry } from './entry'
import { read } from './read'
import { ask } from './text'
import type { Thread } from './thread'

/** Does what a reader asks who writes: new comments, answers, changes to one's own. */
export class Desk {
  readonly #thread: Thread

  constructor(thread: Thread) {
    this.#thread = thread
  }

  /** The form for a new comment; when it is sent another takes its place. */
  form(): HTMLFormElement {
    const task = this.#task(ask('write'), '')
    const form = compose({
      ...task,
      save: async draft => {
        const id = await task.save(draft)
        form.replaceWith(this.form())
        await this.#thread.reveal(id)
      },
    })
    return form
  }

  reply(entry: Entry): void {
    const { id } = entry.comment
    this.#ask(entry, this.#task(ask('replyTo', this.#thread.nameOf(id)), id))
  }

  edit(entry: Entry): void {
    const { comment } = entry
    const { keep, own } = this.#thread.tools
    const mine = own(comment.id)
    if (!mine) return entry.show() // deleted in another window
    const { key, body } = mine
    entry.article.hidden = true
    this.#ask(entry, {
      title: ask('edit'),
      send: 'save',
      body,
      preview: this.#preview,
      save: async draft => {
        const answer = await api.edit(this.#thread.place, comment.id, key, draft.body)
        keep(comment.id, { key, body: draft.body })
        const held = answer.status === 'held'
        entry.comment = { ...comment, edited: true, held, words: this.#read(answer.html) }
        entry.show()
        this.#thread.tell(ask(held ? 'waits' : 'saved'))
      },
    }, () => {
      entry.article.hidden = false
      entry.article.focus()
    })
  }

  async remove(entry: Entry): Promise<void> {
    const { place, status, tools: { forget, own } } = this.#thread
    const { id } = entry.comment
    try {
      await api.remove(place, id, own(id)?.key ?? '')
    } catch (error) {
      this.#thread.tell(error instanceof api.Refusal && error.detail || ask('unreachable'))
      return
    }
    forget(id)
    entry.comment = { ...entry.comment, gone: true }
    entry.show()
    if (!entry.answers.firstChild) entry.node.remove()
    this.#thread.tell(ask('deleted'))
    status.focus()
  }

  /** Shows a form below a comment, until it is sent or given up; one at a time. */
  #ask(entry: Entry, task: Task, over = () => {}): void {
    entry.asked?.()
    const end = () => {
      entry.asked = undefined
      form.remove()
      over()
    }
    const form = compose({
      ...task,
      cancel: () => {
        end()
        entry.article.focus()
      },
      save: async draft => {
        const id = await task.save(draft)
        end()
        if (id) await this.#thread.reveal(id)
      },
    })
    entry.asked = end
    entry.article.after(form)
    form.querySelector('textarea')!.focus()
  }

  #task(title: string, parent: string) {
    return {
      title,
      send: 'post' as const,
      preview: this.#preview,
      challenge: (key: string) => api.challenge(this.#thread.place, key),
      save: (draft: Draft) => this.#post(draft, parent),
    }
  }

  readonly #preview = async (body: string): Promise<Node> => this.#read((await api.preview(this.#thread.place, body)).html)

  /** Sends a draft and shows its author at once what became of it. Returns its id. */
  async #post(draft: Draft, parent: string): Promise<string> {
    const { site, page } = this.#thread.place
    const answer = await api.post(this.#thread.place, { site, page, parent, ...draft })
    const { id, status, html, created, name, badge = '', owner = false, edit_key: key, follow } = answer
    this.#thread.tools.keep(id, { key, body: draft.body })
    const held = status === 'held'
    this.#thread.insert({
      id, parent, name, badge, owner, created, held, website: draft.website ?? '', words: this.#read(html),
      pinned: false, edited: false, gone: false,
    })
    this.#thread.tell(ask(held ? 'waits' : 'published') + (follow === 'asked' ? ' ' + ask('confirm') : ''))
    return id
  }

  #read(html: string): Node {
    return read(html, this.#thread.tools.allowed)
  }
}
