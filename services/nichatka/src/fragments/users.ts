import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

export function usersFragment(count: number, words: Words): Html {
  return html`<p data-key="users">${words.usersNamed(count)}</p>`
}
