/** Types over what is selected as the keyboard would, so that it can be undone. */
export function type(area: HTMLTextAreaElement, text: string): void {
  area.focus()
  document.execCommand(text ? 'insertText' : 'delete', false, text)
}
