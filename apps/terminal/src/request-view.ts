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

/** `changed` is there only where it is true. */
export function requestFields({ id, direction, handle, name, changed, status, at }: Request): Fields {
  const who = direction === 'incoming' ? { handle, name, ...(changed && { changed }) } : { handle }
  return { direction, request: id, ...who, status, at: new Date(at).toISOString() }
}

export function requestsText({ incoming, outgoing }: Requests, words: Words): string {
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
          list.map((request) => requestRow(request, words)),
          2,
        )}`,
    )
    .join('\n\n')
}

function requestRow(request: Request, { labels, statuses }: Words): string[] {
  const mark = request.changed ? ` (${labels.claimed})` : ''
  return [`${personText(request)}${mark}`, statuses[request.status], request.id]
}
