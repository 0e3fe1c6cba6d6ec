/** `GET /panel` and `GET /history` (N6, N10, N11, N16): the whole panel, or its list alone. */
import type { MessageId } from '../domain.ts'
import { bellFragment } from '../fragments/bell.ts'
import type { Html } from '../fragments/html.ts'
import { listFragment } from '../fragments/list.ts'
import { emptyNews, newsFragment } from '../fragments/news.ts'
import { panelFragment } from '../fragments/panel.ts'
import { type ListPath, type ListRequest, parseListRequest } from '../request/list-request.ts'
import { bellOf } from './bell.ts'
import { type Route, type UserCall, userRoute } from './route.ts'

function messages(path: ListPath): Route {
  return userRoute({
    parse: (fields, { times }) => parseListRequest(path, fields, times.zone),
    run: async (call, request) => ({ status: 200, fragments: await fragmentsOf(call, request) }),
  })
}

export const panel = messages('panel')
export const history = messages('history')

/** While the reader is typing nothing is replaced that they may be looking at. */
function fragmentsOf(call: UserCall, request: ListRequest): Promise<readonly Html[]> {
  const { context, user } = call
  if (request.refresh !== undefined && context.typing.has(user)) return newsOf(call, request, request.refresh)
  return request.part === 'list' ? listOf(call, request) : panelOf(call, request)
}

async function newsOf(call: UserCall, request: ListRequest, seen: MessageId): Promise<Html[]> {
  const { context, user, words } = call
  const than = seen === 0n ? undefined : seen
  const [bell, count] = await Promise.all([
    bellOf(call),
    context.store.countNewer(user, request.filter, than),
  ])
  return [bell, newsFragment(count, request, words)]
}

async function listOf({ context, user, reader }: UserCall, request: ListRequest): Promise<Html[]> {
  const list = await context.store.listMessages(user, request.filter, request.page)
  return [bellFragment(list.unread, reader.words), emptyNews, listFragment(list, request, reader)]
}

async function panelOf(call: UserCall, request: ListRequest): Promise<Html[]> {
  const { context, user, reader } = call
  const [list, { recipients, groups }] = await Promise.all([
    context.store.listMessages(user, request.filter, request.page),
    context.suggestions.find(user.hostId),
  ])
  const form = { isOpen: false, chosen: [], suggested: recipients }
  return [bellFragment(list.unread, reader.words), panelFragment({ list, groups, form }, request, reader)]
}
