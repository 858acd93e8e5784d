import { button, make } from './dom'
import { face } from './face'
import type { Comment } from './feed'
import { own } from './keys'
import { moment, say } from './text'

/** What an entry asks of the thread that it stands in. */
export interface Acts {
  readonly lang: string
  readonly open: boolean
  nameOf(id: string): string | undefined
  reveal(id: string): void
  act(what: 'reply' | 'edit' | 'remove', entry: Entry): void
  tell(words: string): void
}

const marks = ['owner', 'pinned', 'edited', 'held'] as const

/** How much of a badge is shown beside a name. */
const short = 5

/** A comment on the page, with its answers below it. */
export class Entry {
  readonly article = make('article', 'entry', { tabIndex: -1 })
  readonly answers = make('div', 'answers', {})
  readonly node = make('div', 'branch', {}, this.article, this.answers)

  comment: Comment
  readonly #acts: Acts

  constructor(comment: Comment, acts: Acts) {
    this.comment = comment
    this.#acts = acts
    this.show()
  }

  /** Shows the comment as it is now. */
  show(): void {
    const { gone, badge, words } = this.comment
    this.article.className = gone ? 'entry gone' : 'entry'
    if (gone) {
      this.article.replaceChildren(say('gone'))
      return
    }
    this.article.replaceChildren(
      make('header', 'by', {},
        make('h3', 'name', {}, badge && face(badge), badge && ' ', this.#name()), ' ',
        badge && make('span', 'badge', { title: say('badge', badge) }, badge.slice(0, short)),
        this.#when(),
        ...marks.map(mark => this.comment[mark] && make('span', 'mark ' + mark, {}, say(mark))),
        this.#answered()),
      make('div', 'words', {}, words.cloneNode(true)),
      make('footer', 'acts', {}, ...this.#buttons()))
  }

  #name(): Node | string {
    const { name, website } = this.comment
    if (!/^https?:/i.test(website)) return name || say('anonymous')
    return make('a', '', { href: website, rel: 'nofollow ugc noopener' }, name || website)
  }

  #when(): Node {
    const { id, created } = this.comment
    const time = make('time', '', { dateTime: created }, moment(created, this.#acts.lang))
    return this.#link(id, 'when', time)
  }

  /** Says whose comment this one answers: in full where that is not the one above it. */
  #answered(): Node | undefined {
    const { parent } = this.comment
    if (!parent) return
    const name = this.#acts.nameOf(parent)
    const link = this.#link(parent, 'answered', name === undefined ? say('earlier') : '↩ ' + name)
    if (name !== undefined) link.ariaLabel = say('answered', name)
    return link
  }

  #link(id: string, part: string, content: Node | string): HTMLElement {
    return make('a', part, { href: '#comment-' + id, onclick: () => this.#acts.reveal(id) }, content)
  }

  #buttons(): Node[] {
    const { id, held } = this.comment
    const buttons = []
    if (this.#acts.open && !held) buttons.push(button('reply', say('reply'), () => this.#acts.act('reply', this)))
    if (own(id)) buttons.push(button('edit', say('edit'), () => this.#acts.act('edit', this)), this.#remover())
    return buttons
  }

  /** Deleting takes a second press: it cannot be undone. */
  #remover(): Node {
    let sure = false
    const remover = button('delete', say('delete'), () => {
      if (sure) this.#acts.act('remove', this)
      else ask(true)
    })
    const ask = (now: boolean) => {
      sure = now
      remover.textContent = say(now ? 'sure' : 'delete')
      if (now) this.#acts.tell(say('sure')) // a button's new words are not read out
    }
    remover.onblur = () => ask(false)
    return remover
  }
}
