import { Refusal } from './api'
import { make } from './dom'
import { ask, type WriteKey } from './text'

// Ids need to differ within a shadow tree only, but a counter is simplest.
let count = 0

/** A control with its label, a hint, and room for what is wrong with it. */
export function field(key: WriteKey, control: HTMLElement, hint: string, tools?: HTMLElement): HTMLElement {
  control.id = 'f' + ++count
  control.setAttribute('aria-describedby', control.id + 'e')
  return make('div', 'field', {},
    make('label', 'label', { htmlFor: control.id }, ask(key), ' ', make('small', 'hint', {}, hint)),
    tools,
    control,
    make('p', 'error', { id: control.id + 'e' }))
}

/** Takes away what was said to be wrong. */
export function clear(form: HTMLFormElement): void {
  for (const control of form.querySelectorAll('.input')) {
    control.removeAttribute('aria-invalid')
    control.nextElementSibling!.textContent = ''
  }
}

/** Shows a refusal at the field it names; returns what is to be said of the whole form. */
export function complain(form: HTMLFormElement, error: unknown): string {
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
