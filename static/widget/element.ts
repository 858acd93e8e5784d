import { button, make } from './dom'
import { ahead, near } from './near'
import { placeOf } from './page'
import { reachMore } from './reach'
import css from './style.css'
import { Thread } from './thread'

// Constructed sheets are the one way in for styles that a host's policy need
// not allow.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/** What hosts write inside the element stands there until the thread does. */
class PostilThread extends HTMLElement {
  static readonly observedAttributes = ['site', 'page', 'service', 'lang']

  readonly #shadow = this.attachShadow({ mode: 'open' })
  #wanted = '' // the place to be shown, and its language
  #near: IntersectionObserver | undefined
  #thread: Thread | undefined

  constructor() {
    super()
    this.#shadow.adoptedStyleSheets = [sheet]
    this.#shadow.append(make('slot', '', {}))
  }

  connectedCallback(): void {
    addEventListener('hashchange', this.#follow)
    this.#near = near(this, () => this.#refresh())
    this.#thread?.start()
    this.#follow()
    // An observer is first told after a frame, which can be long in coming.
    queueMicrotask(() => {
      if (this.getClientRects()[0]?.top! < innerHeight + ahead) this.#refresh()
    })
  }

  disconnectedCallback(): void {
    removeEventListener('hashchange', this.#follow)
    this.#near?.disconnect()
    clearTimeout(this.#thread?.timer)
  }

  attributeChangedCallback(): void {
    if (this.#wanted) this.#refresh()
  }

  /** Shows the thread that the attributes name, unless it does already. */
  async #refresh(): Promise<void> {
    const place = placeOf(this)
    const lang = this.closest<HTMLElement>('[lang]')?.lang.replaceAll('_', '-') ?? '' // some write de_AT
    const wanted = JSON.stringify([place, lang])
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    const thread = new Thread(place, lang)
    const shown = await thread.load().then(() => true, () => false)
    if (wanted !== this.#wanted) return
    this.#thread = shown ? thread : undefined
    this.#shadow.replaceChildren(...shown ? [thread.node] : this.#failed(thread))
    if (!shown) return
    thread.start()
    await thread.whole
    this.#follow()
  }

  #failed({ say }: Thread): Node[] {
    return [make('slot', '', {}), make('p', 'status', { role: 'status' }, say('failed'), ' ', button('button', say('again'), () => {
      this.#wanted = ''
      void this.#refresh()
    }))]
  }

  /** Goes to the comment that the address names, unless that names something of the page. */
  readonly #follow = (): void => {
    const name = location.hash.slice(1)
    if (!name || document.getElementById(name)) return
    if (this.#thread) this.#thread.more(more => more.seek(name))
    else this.#refresh()
  }
}

/** Shows how many comments a page has; what hosts write inside it stands there until that is known. */
class PostilCount extends HTMLElement {
  static readonly observedAttributes = PostilThread.observedAttributes

  connectedCallback(): void {
    const place = placeOf(this)
    reachMore(place.service).then(more => more.count(this, place), () => {})
  }

  attributeChangedCallback(): void {
    this.connectedCallback()
  }
}

if (!customElements.get('postil-thread')) {
  customElements.define('postil-thread', PostilThread)
  customElements.define('postil-count', PostilCount)
}
