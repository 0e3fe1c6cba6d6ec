import { pageQuery, queryOf } from '../request/list-query.ts'
import type { ListRequest } from '../request/list-request.ts'
import type { MessageList } from '../store.ts'
import type { Words } from '../words/words.ts'
import { placeOf } from './boxes.ts'
import { apart, type Html, html } from './html.ts'
import { messageFragment } from './message.ts'
import type { Reader } from './reader.ts'

/** In the place of the list while groups are shown. */
export const hiddenList: Html = html`<section data-key="list" hidden=""></section>`

/** The messages that match, how many there are in all, and the way to the others. */
export function listFragment(list: MessageList, request: ListRequest, reader: Reader): Html {
  const { words } = reader
  const messages = list.messages.map((message) => html`<li>${messageFragment(message, reader)}</li>`)
  const content =
    messages.length > 0
      ? html`<ol>${apart(messages)}</ol>${pages(list, request, words)}`
      : emptyList(request, words)
  return html`<section data-key="list" data-newest="${newestOf(list, request)}" data-path="${request.path}" data-query="${queryOf(request)}" aria-label="${words.messages}">${heading(list, request, words)}${content}</section>`
}

/** On a page of older ones the newest that the reader has seen is still that of the first page. */
function newestOf({ messages }: MessageList, { newest }: ListRequest): bigint {
  const first: bigint = messages[0]?.id ?? 0n
  return newest !== undefined && newest > first ? newest : first
}

function heading({ count, isCountExact }: MessageList, { filter }: ListRequest, words: Words): Html {
  const found = isCountExact ? words.found(count) : words.foundMoreThan(count)
  const thread =
    filter.thread !== undefined &&
    html`<h3>${words.thread}</h3><button type="button" data-quiet="" data-call="GET panel" data-send="part=list">${words.leaveThread}</button>`
  return html`${thread}<p>${found}</p>`
}

function pages(list: MessageList, request: ListRequest, words: Words): Html {
  const { messages, hasNewer, hasOlder } = list
  const newest = newestOf(list, request)
  const page = (cursor: string, name: string) =>
    html`<button type="button" data-call="GET ${request.path}" data-send="${pageQuery(request, cursor)}">${name}</button>`
  const newer = hasNewer && page(`n${messages[0]!.id}-${newest}`, words.newer)
  const older = hasOlder && page(`o${messages.at(-1)!.id}-${newest}`, words.older)
  return newer || older ? html`<nav aria-label="${words.pages}">${newer}${older}</nav>` : html``
}

/** Says what will be here, and offers the one thing to do about it. */
function emptyList(request: ListRequest, words: Words): Html {
  const { path, filter, values } = request
  const isFiltered = [...values.keys()].some((name) => name !== 'box')
  if (isFiltered) {
    const send = path === 'history' ? 'box=all' : `box=${filter.box}`
    return html`<p>${words.noneFound}</p><button type="button" data-call="GET ${path}" data-send="${send}">${words.reset}</button>`
  }
  const text = { incoming: words.noIncoming, outgoing: words.noOutgoing, history: words.noHistory }
  return html`<p>${text[placeOf(request) ?? 'history']}</p><button type="button" data-call="GET compose" data-send="open=1">${words.write}</button>`
}
