import { Refusal } from './api'
import { button, make } from './dom'
import { say, type Key } from './text'

export interface Draft {
  body: string
  name?: string
  website?: string
}

export interface Task {
  title: string
  send: Key // the words on the button
  body?: string // what is there to be edited; then who wrote it is known
  save(draft: Draft): Promise<string | void> // the id of what is new
  preview(body: string): Promise<Node>
  cancel?(): void
}

// What a reader typed for one form is there in the next, while the page is open.
const author = { name: '', website: '' }

// Ids need to differ within a shadow tree only, but a counter is simplest.
let count = 0

/** A form for a comment: a new one, an answer, or changes to one's own. */
export function compose(task: Task): HTMLFormElement {
  const editing = task.body !== undefined
  const body = make('textarea', 'input', { name: 'body', rows: 5, required: true, value: task.body ?? '' })
  const name = make('input', 'input', { name: 'name', autocomplete: 'name', value: author.name })
  const website = make('input', 'input', { name: 'website', type: 'url', autocomplete: 'url' as AutoFill, placeholder: 'https://', value: author.website })
  const status = make('p', 'status', { role: 'status' })
  const shown = make('div', 'preview', { ariaLive: 'polite' })
  let busy = false

  const attempt = async (work: () => Promise<unknown>) => {
    if (busy) return
    busy = true
    clear(form)
    status.textContent = say('wait')
    try {
      await work()
      status.textContent = ''
    } catch (error) {
      status.textContent = complain(form, error)
    }
    busy = false
  }

  const form = make('form', 'form', {
    onsubmit(event) {
      event.preventDefault()
      if (!editing) Object.assign(author, { name: name.value, website: website.value })
      void attempt(() => task.save(editing ? { body: body.value } : { body: body.value, ...author }))
    },
  },
  make('h3', 'title', {}, task.title),
  field('body', body, say('hint')),
  !editing && make('div', 'author', {}, field('name', name, say('optional')), field('website', website, say('optional'))),
  shown,
  make('div', 'buttons', {},
    make('button', 'post', {}, say(task.send)),
    button('button', say('preview'), () => attempt(async () => shown.replaceChildren(await task.preview(body.value)))),
    task.cancel && button('button', say('cancel'), task.cancel)),
  status)
  return form
}

function field(key: Key, control: HTMLElement, hint: string): HTMLElement {
  control.id = 'f' + ++count
  control.setAttribute('aria-describedby', control.id + 'e')
  return make('div', 'field', {},
    make('label', 'label', { htmlFor: control.id }, say(key), ' ', make('small', 'hint', {}, hint)),
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
  if (!(error instanceof Refusal && error.detail)) return say('unreachable')
  const { field, detail } = error
  const control = form.querySelector<HTMLElement>(`.input[name="${CSS.escape(field)}"]`)
  if (!control) return detail
  control.setAttribute('aria-invalid', 'true')
  // The service begins with the field's name as programs know it.
  control.nextElementSibling!.textContent = detail.replace(field, say(field as Key))
  control.focus()
  return ''
}
