/** Requests as programs and as people get them. */
import type { Request } from '@veche/client'
import { columns } from './columns.ts'
import { personText } from './message-view.ts'
import type { Fields } from './output.ts'
import type { Words } from './words/en.ts'

export interface Requests {
  readonly incoming: readonly Request[]
  readonly outgoing: readonly Request[]
}

/**
 * `changed`, `group` and `join` are there only where they are true; `chat` of a group that oneself asked into, or that somebody
 * wishes to be let into, and then `link`. Who asks to be let in oneself asks nobody by name: `handle` is null.
 */
export function requestFields(request: Request): Fields {
  const { id, direction, handle, name, changed, group, join, chat, link, status, at } = request
  const asked = { handle: handle === '' ? null : handle }
  const who = direction === 'incoming' ? { handle, name, ...(changed && { changed }) } : asked
  const into = {
    ...(group && { group }),
    ...(join && { join }),
    ...(chat !== undefined && { chat }),
    ...(link !== undefined && { link }),
  }
  return { direction, request: id, ...who, ...into, status, at: new Date(at).toISOString() }
}

/** The name of a group by its id. */
type GroupOf = (chat: string) => string | undefined

/** What somebody has answered: "@carol, to the group “Garden”: refused". */
export function answerText(request: Request, words: Words, groupOf: GroupOf = () => undefined): string {
  if (request.join) return words.says.group.joinAnswer[request.status]
  return request.group
    ? `${personText(request)}, ${intoText(request, words, groupOf)}: ${words.says.group.answer[request.status]}`
    : `${personText(request)}: ${words.statuses[request.status]}`
}

export function requestsText(
  { incoming, outgoing }: Requests,
  words: Words,
  groupOf: GroupOf = () => undefined,
): string {
  if (incoming.length + outgoing.length === 0) return words.says.noRequests
  const groups = [
    { heading: words.labels.incoming, list: incoming },
    { heading: words.labels.outgoing, list: outgoing },
  ]
  return groups
    .filter(({ list }) => list.length > 0)
    .map(
      ({ heading, list }) =>
        `${heading}\n${columns(
          list.map((request) => requestRow(request, words, groupOf)),
          2,
        )}`,
    )
    .join('\n\n')
}

function requestRow(request: Request, words: Words, groupOf: GroupOf): string[] {
  const { labels, says, statuses } = words
  const mark = request.changed ? ` (${labels.claimed})` : ''
  const isOwn = request.direction === 'outgoing'
  if (request.join && isOwn) return [says.group.ownJoin, says.group.joinStates[request.status], request.id]
  const into = request.group ? `, ${intoText(request, words, groupOf)}` : ''
  const status = request.group && isOwn ? says.group.answer[request.status] : statuses[request.status]
  return [`${personText(request)}${mark}${into}`, status, request.id]
}

/** Who is asked is not told into which group. */
function intoText({ chat, join, link = '' }: Request, { says }: Words, groupOf: GroupOf): string {
  const name = chat && groupOf(chat)
  if (join) return says.group.byLinkTo(name ?? chat ?? '', link)
  return name === undefined ? says.group.request : says.group.requestTo(name)
}
