import { button, make } from './dom'
import { placeOf } from './page'
import css from './style.css'
import { say } from './text'
import { Thread } from './thread'

// Constructed sheets are the one way in for styles that a host's policy need
// not allow.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/** What hosts write inside the element stands there until the thread does. */
class PostilThread extends HTMLElement {
  static readonly observedAttributes = ['site', 'page', 'service']

  readonly #shadow = this.attachShadow({ mode: 'open' })
  #wanted = '' // the place to be shown
  #thread: Thread | undefined

  constructor() {
    super()
    this.#shadow.adoptedStyleSheets = [sheet]
    this.#shadow.append(make('slot', '', {}))
  }

  connectedCallback(): void {
    addEventListener('hashchange', this.#reveal)
    void this.#refresh()
  }

  disconnectedCallback(): void {
    removeEventListener('hashchange', this.#reveal)
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.#refresh()
  }

  /** Shows the thread that the attributes name, unless it does already. */
  async #refresh(): Promise<void> {
    const place = placeOf(this)
    const wanted = JSON.stringify(place)
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    const thread = new Thread(place)
    try {
      await thread.load()
    } catch {
      if (wanted === this.#wanted) this.#fail()
      return
    }
    if (wanted !== this.#wanted) return
    this.#thread = thread
    this.#shadow.replaceChildren(thread.node)
    this.#reveal()
  }

  #fail(): void {
    this.#thread = undefined
    this.#shadow.replaceChildren(
      make('slot', '', {}),
      make('p', 'status', { role: 'status' }, say('failed'), ' ', button('button', say('again'), () => {
        this.#wanted = ''
        void this.#refresh()
      })))
  }

  readonly #reveal = (): void => {
    const id = /^#comment-(.+)/.exec(location.hash)?.[1]
    if (id) void this.#thread?.reveal(id)
  }
}

if (!customElements.get('postil-thread')) customElements.define('postil-thread', PostilThread)
