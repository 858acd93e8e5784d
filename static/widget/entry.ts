import { button, make } from './dom'
import type { Comment } from './feed'
import type { Say, ScriptKey } from './text'

/** What an entry asks of the thread that it stands in, which also answers to its buttons. */
export interface Acts {
  readonly say: Say<ScriptKey>
  readonly written: string // the language of what stands in comments
  readonly form: string // where to write, or empty
  readonly kept: string // the names under which this browser has stored something
  readonly entries: Map<string, Entry>
  readonly when: ((time: HTMLTimeElement) => void) | undefined // dates it
  face(into: HTMLElement, badge: string): Node
}

const marks = ['owner', 'pinned', 'edited', 'held', 'fresh'] as const

/** How much of a badge is shown beside a name. */
const short = 5

/** A comment on the page, with its answers below it. */
export class Entry {
  readonly article = make('article', 'entry', { tabIndex: -1 })
  readonly answers = make('div', 'answers', {})
  readonly node = make('div', 'branch', {}, this.article, this.answers)
  readonly folder = Object.assign(button('fold', ''), { ariaExpanded: 'true' })

  comment: Comment
  readonly #acts: Acts

  constructor(comment: Comment, acts: Acts) {
    this.comment = comment
    this.node.id = comment.id
    this.#acts = acts
    this.folder.ariaLabel = acts.say('answers')
    this.show()
  }

  /** Shows the comment as it is now. */
  show(): void {
    const { say, when, face, entries, written, form, kept } = this.#acts
    const { id, parent, name, website, badge, created, held, gone, words, mine } = this.comment
    const above = entries.get(parent)?.comment
    const time = make('time', '', { dateTime: created }, created.slice(0, 10))
    when?.(time)
    const own = mine || kept.includes(id)
    const act = (key: 'reply' | 'edit' | 'delete') => button(key, say(key))
    this.article.classList.toggle('gone', gone)
    this.article.replaceChildren(this.folder, ...gone ? [say('gone')] : [
      make('header', 'by', {},
        make('h3', 'name', {}, /^https?:/i.test(website)
          ? make('a', '', { href: website, rel: 'nofollow ugc noopener', dir: 'auto' }, name)
          : make('bdi', '', {}, name)), ' ',
        badge && face(make('span', 'badge', { title: say('badge', badge) }, badge.slice(0, short)), badge),
        link(id, 'when', time),
        ...marks.map(mark => this.comment[mark] && make('span', 'mark ' + mark, {}, say(mark))),
        parent && (above && !above.gone
        ? link(parent, 'answered', '↩ ' + above.name, { ariaLabel: say('answered', above.name) })
        : link(parent, 'answered', say('earlier')))),
      make('div', 'words', { dir: 'auto', lang: written }, words.cloneNode(true)),
      make('footer', 'acts', {}, form && !held && act('reply'), own && act('edit'), own && act('delete')),
    ])
  }
}

const link = (id: string, part: string, content: Node | string, properties = {}) =>
  make('a', part, { href: '#comment-' + id, ...properties }, content)
