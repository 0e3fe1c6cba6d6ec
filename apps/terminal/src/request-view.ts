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

/** `changed` and `group` are there only where they are true, `chat` only of a group that oneself asked into. */
export function requestFields(request: Request): Fields {
  const { id, direction, handle, name, changed, group, chat, status, at } = request
  const who = direction === 'incoming' ? { handle, name, ...(changed && { changed }) } : { handle }
  const into = { ...(group && { group }), ...(chat !== undefined && { chat }) }
  return { direction, request: id, ...who, ...into, status, at: new Date(at).toISOString() }
}

/** The name of a group by its id. */
type GroupOf = (chat: string) => string | undefined

/** What somebody has answered: "@carol, to the group “Garden”: refused". */
export function answerText(request: Request, words: Words, groupOf: GroupOf = () => undefined): string {
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
  const into = request.group ? `, ${intoText(request, words, groupOf)}` : ''
  const status =
    request.group && request.direction === 'outgoing'
      ? says.group.answer[request.status]
      : statuses[request.status]
  return [`${personText(request)}${mark}${into}`, status, request.id]
}

/** Who is asked is not told into which group. */
function intoText({ chat }: Request, { says }: Words, groupOf: GroupOf): string {
  const name = chat && groupOf(chat)
  return name === undefined ? says.group.request : says.group.requestTo(name)
}
