import { priorities, type Unread } from '../domain.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

/** The number for the eye, at most two digits of it, and a sentence for the ear (N8). */
export function bellFragment(unread: Unread, words: Words): Html {
  const count = unread.ordinary + unread.important + unread.critical
  const highest = priorities.findLast((priority) => unread[priority] > 0)
  const priority = highest && html` data-priority="${highest}"`
  const critical = unread.critical > 0 && html` data-critical="${unread.critical}"`
  const number = count > 99 ? '99+' : count > 0 ? String(count) : ''
  return html`<span data-key="bell" data-unread="${count}"${priority}${critical}><span aria-hidden="true">${number}</span> <span>${words.unread(unread)}</span></span>`
}
