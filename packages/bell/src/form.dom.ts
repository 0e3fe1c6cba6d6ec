/** Forms as the service writes them: their fields, the chosen recipients, and drafts. */
import { build } from './build.dom.ts'
import { attempt, type Draft } from './draft.ts'

type Control = HTMLInputElement

/** What a form, a control or a button sends; an empty field is an absent one. */
export function fieldsOf(source: HTMLElement, submitter: HTMLElement | null): URLSearchParams {
  const { name, value } = source as Control
  const own = source instanceof HTMLFormElement ? ownFields(source, submitter) : [[name, value] as const]
  const all = [...own, ...new URLSearchParams(source.dataset.send)] as Field[]
  return new URLSearchParams(all.filter(([name, value]) => name && value))
}

/** A control with a call of its own is none of its form's fields. */
function ownFields(form: HTMLFormElement, submitter: HTMLElement | null): Field[] {
  const fields = new FormData(form, submitter)
  for (const control of form.querySelectorAll<Control>('[data-call][name]')) fields.delete(control.name)
  return [...fields] as Field[]
}

type Field = [name: string, value: string]

/** Puts one among the chosen of its form, once. */
export function choose(form: HTMLElement, name: string, value: string, label: string): void {
  const place = [...form.querySelectorAll<HTMLElement>('[data-chosen]')].find(
    (element) => element.dataset.chosen === name,
  )
  if (!place || chosen(form, value)) return
  const [choice] = build('<label><input type="checkbox" checked=""> <bdi></bdi></label>')
  const [input, text] = choice!.children
  ;(input as Control).name = name
  ;(input as Control).value = value
  text!.textContent = label
  place.append(choice!)
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
  /** @returns what is kept, after `draft` was kept in its place */
  const keep = (form: HTMLElement, draft?: Draft): Draft => {
    const key = `nichatka:${user}:${form.dataset.draft}`
    try {
      if (draft) sessionStorage.setItem(key, JSON.stringify(draft))
      return JSON.parse(sessionStorage.getItem(key)!) ?? noDraft
    } catch {
      return draft ?? noDraft // refused, or full: what is written stays on the page alone
    }
  }
  return {
    save(form: HTMLFormElement): void {
      const fields = ownFields(form, null).map(
        ([name, value]) => [name, value, chosen(form, value)?.parentElement?.textContent.trim()] as const,
      )
      keep(form, { ...keep(form), fields })
    },
    restore(form: HTMLFormElement): void {
      for (const [name, value, label] of keep(form).fields) {
        if (label) choose(form, name, value, label)
        for (const control of form.querySelectorAll<Control>(`[name=${name}]`)) {
          if (/radio|checkbox/.test(control.type)) control.checked ||= control.value === value
          else if (control.value !== value) {
            control.value = value
            form.closest('details')?.setAttribute('open', '')
          }
        }
      }
    },
    /** The key under which these fields are sent. */
    id: (form: HTMLElement, fields: URLSearchParams): string =>
      keep(form, attempt(keep(form), `${fields}`)).id!,
    forget: (form: HTMLElement) => keep(form, noDraft),
  }
}

const noDraft: Draft = { fields: [] }
