/** Forms as the service writes them: their fields, the chosen recipients, and drafts. */
import { make } from './build.dom.ts'
import { attempt, type Draft, parseDraft } from './draft.ts'

type Control = HTMLInputElement

/** What a form, a control or a button sends; an empty field is an absent one. */
export function fieldsOf(source: HTMLElement, submitter: HTMLElement | null): URLSearchParams {
  const own =
    source instanceof HTMLFormElement ? ownFields(source, submitter) : controlFields(source as Control)
  const all = [...own, ...new URLSearchParams(source.dataset.send)]
  return new URLSearchParams(all.filter(([name, value]) => name && value))
}

const controlFields = ({ name, value, type, checked }: Control): Field[] =>
  type === 'checkbox' && !checked ? [] : [[name, value]]

/** A control with a call of its own is none of its form's fields. */
function ownFields(form: HTMLFormElement, submitter: HTMLElement | null): Field[] {
  const fields = new FormData(form, submitter)
  for (const control of form.querySelectorAll<Control>('[data-call][name]')) fields.delete(control.name)
  return [...fields] as Field[]
}

type Field = [name: string, value: string]

/** Puts one among the chosen of its form, once. */
export function choose(form: HTMLElement, name: string, value: string, label: string): void {
  const place = form.querySelector(`[data-chosen="${name}"]`)
  if (!place || chosen(form, value)) return
  const input = make('input', { type: 'checkbox', name, value, checked: '' })
  place.append(make('label', {}, input, ' ', make('bdi', {}, label)))
}

const chosen = (form: HTMLElement, value: string): Control | undefined =>
  [...form.querySelectorAll<Control>('[data-chosen] input')].find((input) => input.value === value)

/** Takes one out whose tick was taken away; the focus goes to where the next is looked for. */
export function unchoose(input: Control): void {
  const label = input.closest('[data-chosen] label')
  const form = input.form
  if (!label || input.checked) return
  label.remove()
  form?.querySelector<HTMLElement>('[data-call]')?.focus()
}

/** This tab's memory of the drafts of one user; a browser that refuses it remembers nothing. */
export function openDrafts(user: string) {
  const keyOf = (form: HTMLElement) => `nichatka:${user}:${form.dataset.draft}`
  const read = (form: HTMLElement): Draft => {
    try {
      return parseDraft(sessionStorage.getItem(keyOf(form)))
    } catch {
      return parseDraft(null)
    }
  }
  const write = (form: HTMLElement, draft: Draft) => {
    try {
      sessionStorage.setItem(keyOf(form), JSON.stringify(draft))
    } catch {
      // refused, or full: what is written stays on the page alone
    }
  }
  return {
    save(form: HTMLFormElement | null): void {
      if (!form?.dataset.draft) return
      const fields = ownFields(form, null).map(
        ([name, value]) => [name, value, chosen(form, value)?.parentElement?.textContent.trim()] as const,
      )
      write(form, { ...read(form), fields })
    },
    restore(form: HTMLFormElement): void {
      for (const [name, value, label] of read(form).fields) {
        const control = form.elements.namedItem(name) as Control | null
        if (label) choose(form, name, value, label)
        else if (control) control.value = value
      }
    },
    /** The key under which these fields are sent. */
    id(form: HTMLElement, fields: URLSearchParams): string {
      const draft = attempt(read(form), `${fields}`)
      write(form, draft)
      return draft.id
    },
    forget: (form: HTMLElement) => write(form, parseDraft(null)),
  }
}
