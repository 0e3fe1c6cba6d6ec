import { pageQuery } from '../request/list-query.ts'
import type { ListRequest } from '../request/list-request.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

/** The store counts no further. */
const many = 100

export const emptyNews: Html = html`<div data-key="news"></div>`

/** What came while the reader was writing (N11): shown when the reader wants it. */
export function newsFragment(count: number, request: ListRequest, words: Words): Html {
  if (count === 0) return emptyNews
  const text = count >= many ? words.newsMany : words.news(count)
  return html`<div data-key="news" role="status"><p>${text}</p><button type="button" data-call="GET ${request.path}" data-send="${pageQuery(request, undefined)}">${words.showNews}</button></div>`
}
