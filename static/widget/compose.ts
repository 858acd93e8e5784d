import { Refusal, type Challenge } from './api'
import { button, make } from './dom'
import { Pass } from './pass'
import { ask, type WriteKey } from './text'

export interface Draft {
  body: string
  name?: string
  website?: string
  email?: string
  notify?: boolean
  key?: string
  proof?: string
}

export interface Task {
  title: string
  send: WriteKey // the words on the button
  body?: string // what is there to be edited; then who wrote it is known
  save(draft: Draft): Promise<string | void> // the id of what is new
  preview(body: string): Promise<Node>
  challenge?(key: string): Promise<Challenge> // of what is new
  cancel?(): void
}

// What a reader typed for one form is there in the next, while the page is open.
const author = { name: '', website: '' }

// Ids need to differ within a shadow tree only, but a counter is simplest.
let count = 0

/** A form for a comment: a new one, an answer, or changes to one's own. */
export function compose({ title, send, body: before = '', save, preview, challenge, cancel }: Task): HTMLFormElement {
  const body = make('textarea', 'input', { name: 'body', rows: 5, required: true, value: before })
  const writer = challenge && asWriter(challenge)
  const status = make('p', 'status', { role: 'status' })
  const shown = make('div', 'preview', { ariaLive: 'polite' })
  let busy = false

  const attempt = async (work: () => Promise<unknown>) => {
    if (busy) return
    busy = true
    clear(form)
    status.textContent = ask('wait')
    try {
      await work()
      status.textContent = ''
    } catch (error) {
      status.textContent = complain(form, error)
    }
    busy = false
  }

  const form = make('form', 'form', {
    oninput: () => writer?.pass.prepare(),
    onsubmit(event) {
      event.preventDefault()
      void attempt(() => writer ? writer.deliver(body.value, save) : save({ body: body.value }))
    },
  },
  make('h3', 'title', {}, title),
  field('body', body, ask('hint')),
  writer?.fields,
  shown,
  make('div', 'buttons', {},
    make('button', 'post', {}, ask(send)),
    button('button', ask('preview'), () => attempt(async () => shown.replaceChildren(await preview(body.value)))),
    cancel && button('button', ask('cancel'), cancel)),
  status)
  return form
}

/** Who writes something new: the fields about that, and how it is sent. */
function asWriter(challenge: (key: string) => Promise<Challenge>) {
  const name = make('input', 'input', { name: 'name', autocomplete: 'name', value: author.name })
  const website = make('input', 'input', { name: 'website', type: 'url', autocomplete: 'url' as AutoFill, placeholder: 'https://', value: author.website })
  const email = make('input', 'input', { name: 'email', type: 'email', autocomplete: 'email' })
  const mail = field('email', email, ask('tells'))
  mail.hidden = true
  const pass = new Pass(challenge, told => mail.hidden = !told.mail)

  const deliver = async (body: string, save: Task['save'], again = true): Promise<unknown> => {
    Object.assign(author, { name: name.value, website: website.value })
    const wish = email.value && { email: email.value, notify: true }
    try {
      return await save({ body, ...author, ...wish, ...await pass.take() })
    } catch (error) {
      // An earlier try had arrived, and other words have been typed since.
      if (!(again && error instanceof Refusal && error.field === 'key')) throw error
      pass.renew()
      return deliver(body, save, false)
    }
  }
  return {
    pass,
    deliver,
    fields: make('div', 'author', {}, field('name', name, ask('signs')), field('website', website, ask('optional')), mail),
  }
}

function field(key: WriteKey, control: HTMLElement, hint: string): HTMLElement {
  control.id = 'f' + ++count
  control.setAttribute('aria-describedby', control.id + 'e')
  return make('div', 'field', {},
    make('label', 'label', { htmlFor: control.id }, ask(key), ' ', make('small', 'hint', {}, hint)),
    control,
    make('p', 'error', { id: control.id + 'e' }))
}

function clear(form: HTMLFormElement): void {
  for (const control of form.querySelectorAll('.input')) {
    control.removeAttribute('aria-invalid')
    control.nextElementSibling!.textContent = ''
  }
}

/** Shows a refusal at the field it names; returns what is to be said of the whole form. */
function complain(form: HTMLFormElement, error: unknown): string {
  if (!(error instanceof Refusal && error.detail)) return ask('unreachable')
  const { field, detail } = error
  const control = form.querySelector<HTMLElement>(`.input[name="${CSS.escape(field)}"]`)
  if (!control) return detail
  control.setAttribute('aria-invalid', 'true')
  // The service begins with the field's name as programs know it.
  control.nextElementSibling!.textContent = detail.replace(field, ask(field as WriteKey))
  control.focus()
  return ''
}
