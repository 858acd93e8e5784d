import { Refusal } from './api'
import { Author } from './author'
import { button, make } from './dom'
import { get, shelve, type Kept } from './draft'
import { clear, complain, field } from './field'
import type { Prove } from './pass'
import { ask, type WriteKey } from './text'
import { toolbar, type Mark } from './tools'
import { type } from './type'

/** How often something is sent again because the service asked for patience. */
const maxPatience = 5

export interface Draft extends Kept {
  body: string
  notify?: boolean
  proof?: string
}

export interface Task {
  title: string
  send: WriteKey // the words on the button
  body?: string // what is there to be edited; then who wrote it is known
  shelf: string // where the words are kept until they are sent
  save(draft: Draft, alone: boolean): Promise<unknown> // alone: nobody pressed a button just now
  preview(body: string): Promise<Node>
  mark(area: HTMLTextAreaElement, how: Mark): void // what is selected
  prove?: Prove // of what is new
  cancel?(): void
}

/** A form for a comment: a new one, an answer, or changes to one's own. */
export class Composer {
  readonly body: HTMLTextAreaElement
  readonly form: HTMLFormElement
  readonly #task: Task
  readonly #author: Author | undefined
  readonly #status = make('p', 'status', { role: 'status' })
  readonly #shown = make('div', 'preview', { ariaLive: 'polite' })
  readonly #post: HTMLButtonElement
  #busy = false
  #sent: boolean // an earlier try may have arrived
  #waits: boolean // for a connection

  constructor(task: Task) {
    const { body = '', prove, cancel, preview, send, shelf, title } = this.#task = task
    const waiting = get('localStorage', shelf)
    const kept = waiting ?? get('sessionStorage', shelf)
    this.#waits = !!waiting
    this.#sent = kept?.name !== undefined
    this.body = make('textarea', 'input', { name: 'body', rows: 5, required: true, value: kept?.body ?? body })
    this.#author = prove && new Author(prove, kept)
    this.#post = make('button', 'post', {}, ask(send))
    this.form = make('form', 'form', {
      oninput: () => this.#typed(),
      onsubmit: event => {
        event.preventDefault()
        void this.#attempt('sending', () => this.#patiently(!event.submitter))
      },
    },
    make('h3', 'title', {}, title),
    field('body', this.body, ask('hint'), toolbar(this.body, task.mark)),
    ...this.#author?.fields ?? [],
    this.#shown,
    make('div', 'buttons', {},
      this.#post,
      button('button', ask('preview'), () => this.#attempt('wait', async () => {
        const { value } = this.body
        const words = await preview(value)
        if (value === this.body.value) this.#shown.replaceChildren(words)
      })),
      button('button', ask(cancel ? 'cancel' : 'clear'), () => {
        this.body.select()
        type(this.body, '')
        shelve(shelf)
        cancel?.()
      })),
    this.#status)
    if (waiting) this.#wait(navigator.onLine)
  }

  #typed(): void {
    this.#author?.pass.prepare()
    this.#shown.replaceChildren()
    if (this.#waits) this.#status.textContent = ask('unsent')
    this.#keep(false)
  }

  /** Keeps the words: with the name that they were sent with, once they were. */
  #keep(waits: boolean): void {
    const { pass } = this.#author ?? {}
    this.#waits = waits
    shelve(this.#task.shelf, { ...this.#sent ? this.#draft() : { body: this.body.value }, ...pass && { key: pass.key } }, waits)
  }

  #draft(): Draft {
    return Object.fromEntries(new FormData(this.form)) as unknown as Draft
  }

  async #attempt(words: WriteKey, work: () => Promise<unknown>): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    clear(this.form)
    this.#status.textContent = ask(words)
    try {
      await work()
      this.#status.textContent = ''
    } catch (error) {
      this.#status.textContent = complain(this.form, error)
      if (this.#waits) this.#wait(false)
    }
    this.#busy = false
  }

  /** Sends what was written, again when the service asks for patience. */
  async #patiently(alone: boolean): Promise<void> {
    this.body.readOnly = true // what would be typed now would be lost
    this.#post.textContent = ask(this.#task.send)
    for (let left = maxPatience; ; left--) {
      try {
        return await this.#deliver(alone)
      } catch (error) {
        if (!(error instanceof Refusal && error.after && left)) {
          this.#failed(error)
          throw error
        }
        this.#status.textContent = ask('later')
        await new Promise(done => setTimeout(done, error.after * 1000))
      }
    }
  }

  /** A second time as another comment where the first had arrived and other words have been typed since. */
  async #deliver(alone: boolean, again = true): Promise<void> {
    const draft = this.#draft()
    this.#sent = true
    this.#author?.remember(draft)
    try {
      await this.#task.save({ ...draft, notify: !!draft.email, ...await this.#author?.pass.take() }, alone)
    } catch (error) {
      if (!(again && this.#author && error instanceof Refusal && error.field === 'key')) throw error
      this.#author.pass.renew()
      return this.#deliver(alone, false)
    }
  }

  /** A new comment that cannot be sent without a connection waits for one. */
  #failed(error: unknown): void {
    this.body.readOnly = false
    this.#post.textContent = ask('again')
    this.#keep(!!this.#author && !(error instanceof Refusal) && (this.#waits || !navigator.onLine))
  }

  #wait(over: boolean): void {
    const send = () => this.#waits && this.form.requestSubmit()
    this.#status.textContent = ask('offline')
    addEventListener('online', send, { once: true })
    if (over) setTimeout(send) // once the form stands on the page
  }
}
