import { button, make } from './dom'
import type { Entry } from './entry'
import { face } from './face'
import { fold } from './fold'
import { load, type Comment } from './feed'
import { mark } from './mark'
import { selection } from './selection'
import css from './more.css'
import { visits } from './stored'
import { speak } from './text'
import type { Thread } from './thread'
import { Visits } from './visits'
import { Watch } from './watch'

export { count } from './count'
export { lend } from './dom'

/** How many older documents are fetched to find one comment. */
const maxSearched = 20

/** How long a question stands, in milliseconds, before a press can be an answer: some press twice at once. */
const unread = 500

/** Fragments that may be another system's name for a comment, rather than a place in an application. */
const named = /^[\w-]*\d[\w-]*$/

type Tool = ReturnType<typeof button>

const byTime = (a: Comment, b: Comment) => Date.parse(a.created) - Date.parse(b.created)

const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/** What readers of a thread reach for after its first view. */
export class Reading {
  readonly #thread: Thread
  readonly #say
  readonly #tools = make('div', 'bar views', { hidden: true })
  readonly watch
  readonly visit

  constructor(thread: Thread) {
    this.#thread = thread
    const say = this.#say = speak(thread.texts[0])
    const visited = new Visits(thread)
    this.visit = () => visited.begin()
    this.watch = new Watch(thread, () => visited.note()).look
    const add = (part: string, words: string, use: (tool: Tool) => void, pressed = false) => {
      const tool = button(part, words, () => use(tool))
      tool.ariaPressed = `${pressed}`
      this.#tools.append(tool)
    }
    add('order', say('more.threads'), this.#threads, true)
    add('order', say('more.oldest'), this.#oldest)
    add('order', say('more.newest'), this.#newest)
    add('marks', say('more.marks'), visited.toggle, thread.kept.includes(visits))
    thread.bar.append(this.#tools)
    const root = thread.node.getRootNode()
    if (root instanceof ShadowRoot && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet)
  }

  /** Shows what changes how comments are shown, or hides it again. */
  view(button: Tool): void {
    this.#tools.hidden = !this.#tools.hidden
    button.ariaExpanded = `${!this.#tools.hidden}`
  }

  /** Hides the answers beside a line, or below a comment, or shows those again. */
  fold(pressed: HTMLElement): void {
    const entry = this.#at(pressed)
    fold(entry, !entry.answers.hidden)
    entry.folder.focus()
  }

  /** Likewise; but words may have been selected across the line. */
  answers(line: HTMLElement): void {
    if (!`${selection(line)}`) this.fold(line)
  }

  /** Deleting takes a second press, when the question can have been read: it cannot be undone. */
  delete(pressed: HTMLElement): void {
    if (pressed.onblur) return this.#thread.write(desk => desk.remove(this.#at(pressed)))
    pressed.textContent = this.#say('more.sure')
    this.#thread.tell(pressed.textContent) // a button's new words are not read out
    setTimeout(() => pressed.onblur = () => {
      pressed.onblur = null
      pressed.textContent = this.#thread.say('delete')
    }, unread)
  }

  /** Marks what is selected where a comment is written. */
  readonly mark = mark

  /** Answers can be followed without an account or an address. */
  follow({ article }: Entry, feed: string): void {
    const tell = (words: string) => this.#thread.tell(words)
    const copy = () => navigator.clipboard.writeText(feed).then(() => tell(this.#say('more.copied')), () => tell(feed))
    article.after(make('p', 'follow acts', {},
      make('a', '', { href: feed }, this.#say('more.follow')),
      // Pages without TLS have no clipboard.
      isSecureContext && button('button', this.#say('more.copy'), () => void copy())))
  }

  /** Draws the picture of a badge. */
  draw(into: Element, badge: string): void {
    into.prepend(face(badge))
  }

  /** Fetches the next older document and shows it above what is there. */
  async older(): Promise<void> {
    // Focus must not vanish with the button.
    if (await this.#loadOlder() && !this.#thread.older) this.#thread.list.querySelector<HTMLElement>('.entry')?.focus()
  }

  /** Goes to the comment that has an id, or had a name elsewhere, however old it is. */
  async seek(name: string): Promise<void> {
    name = name.replace(/^comment-/, '')
    const { entries } = this.#thread
    for (let searched = 0; ; searched++) {
      for (const entry of entries.values()) {
        const { id, was } = entry.comment
        if (id === name || was && (was === name || was === 'comment-' + name)) return this.#mark(entry)
      }
      if (!this.#thread.older || searched === maxSearched || !named.test(name) || !await this.#loadOlder()) return
    }
  }

  /** Scrolls to a comment and marks it; shadow trees have no fragment targets. */
  #mark({ article, comment: { parent } }: Entry): void {
    const { entries, list } = this.#thread
    for (let above = entries.get(parent); above; above = entries.get(above.comment.parent)) fold(above, false)
    list.querySelector('.target')?.classList.remove('target')
    article.classList.add('target')
    article.scrollIntoView()
    article.focus({ preventScroll: true })
  }

  /** Moves the focus to the next comment (j) or to the one before (k). */
  walk({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): void {
    if (altKey || ctrlKey || metaKey) return
    const { list } = this.#thread
    const shown = [...list.querySelectorAll<HTMLElement>('.entry')].filter(entry => entry.checkVisibility())
    const at = shown.findIndex(entry => entry.matches(':focus-within'))
    const next = shown[at < 0 && key === 'k' ? shown.length - 1 : at + (key === 'j' ? 1 : -1)]
    next?.focus()
  }

  readonly #oldest = (tool: Tool) => this.#line(tool, byTime)
  readonly #newest = (tool: Tool) => this.#line(tool, (a, b) => byTime(b, a))

  /** Puts answers below what they answer again. */
  readonly #threads = (tool: Tool): void => {
    this.#press(tool)
    this.#thread.settle = undefined
    for (const entry of this.#sorted((a, b) => +b.pinned - +a.pinned || byTime(a, b))) {
      if (this.#thread.adopt(entry)) entry.show()
      else this.#thread.list.append(entry.node)
    }
  }

  /** Puts all comments into one line, and those that come later into their places there. */
  #line(tool: Tool, compare: (a: Comment, b: Comment) => number): void {
    const { entries, list } = this.#thread
    this.#press(tool)
    for (const entry of entries.values()) fold(entry, false)
    this.#thread.settle = () => {
      let at = list.firstChild
      for (const { node } of this.#sorted(compare)) {
        if (node === at) at = at.nextSibling
        else list.insertBefore(node, at) // only what must move does: to be moved loses focus
      }
    }
    this.#thread.settle()
  }

  #sorted(compare: (a: Comment, b: Comment) => number): Entry[] {
    return [...this.#thread.entries.values()].sort((a, b) => compare(a.comment, b.comment))
  }

  #at(element: Element): Entry {
    return this.#thread.entries.get(element.closest('.branch')!.id)!
  }

  #press(tool: Tool): void {
    this.#tools.querySelectorAll('.order').forEach(other => other.ariaPressed = `${other === tool}`)
  }

  async #loadOlder(): Promise<boolean> {
    const thread = this.#thread
    thread.tell(this.#say('more.wait'))
    try {
      await thread.add(await load(thread.older))
      thread.tell('')
      return true
    } catch {
      thread.tell(thread.say('failed'))
      return false
    }
  }
}
