import type { RefusalCode, RefusalDetails } from '../refusal.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

export const emptyNotice: Html = html`<div data-key="notice"></div>`

/** What has just happened. */
export function noticeFragment(text: string): Html {
  return html`<div data-key="notice" role="status"><p>${text}</p></div>`
}

/** What was wrong. */
export function refusalFragment(code: RefusalCode, { field, reason }: RefusalDetails, words: Words): Html {
  const known = field !== undefined && Object.hasOwn(words.fieldRefusals, field)
  const text = reason ? words[reason] : known ? words.fieldRefusals[field]! : words.refusals[code]
  return html`<div data-key="notice" data-error="${code}" role="alert"><p>${text}</p></div>`
}
