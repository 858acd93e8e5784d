import { make } from './dom'
import { get, put, type Kept } from './draft'
import { field } from './field'
import { Pass, type Prove } from './pass'
import { ask, type WriteKey } from './text'

/** Where name and website are kept for those who ask for it. */
const remembered = 'postil:author'

// What a reader typed for one form is there in the next, while the page is open.
let typed: Kept = {}

/** Who writes something new: the fields about that, and what it is sent with. */
export class Author {
  readonly pass: Pass
  readonly fields: Node[]
  readonly #remember = make('input', 'remember', { type: 'checkbox', onchange: () => this.#remember.checked || put('localStorage', remembered) })

  constructor(prove: Prove, kept: Kept | null) {
    const known = get('localStorage', remembered)
    this.#remember.checked = !!known
    const given = { ...known, ...typed, ...kept }
    const input = (name: 'name' | 'website' | 'email', type: string, hint: WriteKey) => field(name,
      make('input', 'input', {
        name, type, autocomplete: (type === 'text' ? name : type) as AutoFill, placeholder: type === 'url' ? 'https://' : '', value: given[name] ?? '',
      }), ask(hint))
    const mail = input('email', 'email', 'tells')
    mail.hidden = !given.email
    this.pass = new Pass(kept?.key, prove, told => mail.hidden = !told.mail)
    this.fields = [
      make('div', 'author', {}, input('name', 'text', 'signs'), input('website', 'url', 'optional'), mail),
      make('label', 'hint', {}, this.#remember, ' ', ask('remember')),
    ]
  }

  /** Keeps who wrote for the next form, and on the device if that is wanted. */
  remember({ name, website }: Kept): void {
    typed = { name, website } as Kept
    put('localStorage', remembered, this.#remember.checked && typed)
  }
}
