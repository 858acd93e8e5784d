import { button, make } from './dom'
import { placeOf } from './page'
import { reach, type More } from './reach'
import css from './style.css'
import { ahead, Thread } from './thread'

// Constructed sheets are the one way in for styles that a host's policy need
// not allow.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/** What hosts write inside the element stands there until the thread does. */
class PostilThread extends HTMLElement {
  static readonly observedAttributes = ['site', 'page', 'service', 'lang']

  readonly #shadow = this.attachShadow({ mode: 'open' })
  readonly #near = new IntersectionObserver(seen => seen.at(-1)!.isIntersecting && this.#refresh(), ahead)
  #wanted = '' // the place to be shown, and its language
  #thread: Thread | undefined

  constructor() {
    super()
    this.#shadow.adoptedStyleSheets = [sheet]
    this.#shadow.append(make('slot', '', {}))
  }

  connectedCallback(): void {
    addEventListener('hashchange', this.#follow)
    this.#near.observe(this)
    this.#thread?.start()
    this.#follow()
  }

  disconnectedCallback(): void {
    removeEventListener('hashchange', this.#follow)
    this.#near.disconnect()
    this.#thread?.stop()
  }

  attributeChangedCallback(): void {
    if (this.#wanted) this.#refresh()
  }

  /** Shows the thread that the attributes name, unless it does already. */
  async #refresh(): Promise<void> {
    const place = placeOf(this)
    const lang = this.closest('[lang]')?.getAttribute('lang') ?? ''
    const wanted = JSON.stringify([place, lang])
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    const thread = new Thread(place, lang)
    try {
      await thread.load(() => {
        if (wanted !== this.#wanted || this.#thread === thread) return
        this.#thread?.stop()
        this.#thread = thread
        this.#shadow.replaceChildren(thread.node)
      })
    } catch {
      if (wanted === this.#wanted) this.#fail(thread)
    }
    if (this.#thread !== thread) return
    if (this.isConnected) thread.start()
    this.#follow()
  }

  #fail({ say }: Thread): void {
    this.#thread?.stop()
    this.#thread = undefined
    this.#shadow.replaceChildren(
      make('slot', '', {}),
      make('p', 'status', { role: 'status' }, say('failed'), ' ', button('button', say('again'), () => {
        this.#wanted = ''
        void this.#refresh()
      })))
  }

  /** Goes to the comment that the address names, unless that names something of the page. */
  readonly #follow = (): void => {
    const name = location.hash.slice(1)
    if (!name || document.getElementById(name)) return
    if (this.#thread) this.#thread.reveal(name.replace(/^comment-/, ''))
    else this.#refresh()
  }
}

let counting: Promise<More> | undefined

/** Shows how many comments a page has; what hosts write inside it stands there until that is known. */
class PostilCount extends HTMLElement {
  static readonly observedAttributes = ['site', 'page', 'service']

  connectedCallback(): void {
    const place = placeOf(this)
    counting ??= reach<More>(place.service + MORE_PATH, MORE_INTEGRITY)
    counting.then(more => more.count(this, place), () => {})
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.connectedCallback()
  }
}

for (const [name, element] of [['postil-thread', PostilThread], ['postil-count', PostilCount]] as const) {
  if (!customElements.get(name)) customElements.define(name, element)
}
