/** The list of requests, private chats and groups: its order, its rows, and moving through it. */
import type { Request } from '@veche/client'
import type { ChatItem, Selected, Talk } from './talk-state.ts'

/** What can be stood on, from above: who asks, the private chats by their last message, pinned ones first, who was asked and has not answered, the groups. */
export type ListItem =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'chat'; readonly item: ChatItem }

export interface ListSection {
  readonly kind: 'requests' | 'chats' | 'asked' | 'groups'
  readonly items: readonly ListItem[]
}

export function sections({ chats, requests }: Pick<Talk, 'chats' | 'requests'>): ListSection[] {
  const incoming = requests.incoming.filter(({ status }) => status === 'pending')
  const asked = requests.outgoing.filter(({ status }) => status !== 'open')
  const sorted = chats.toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || latest(b) - latest(a))
  const ofType = (type: ChatItem['type']) =>
    sorted.filter((item) => item.type === type).map((item) => ({ kind: 'chat', item }) as const)
  const ofRequests = (list: readonly Request[]) =>
    list.map((request) => ({ kind: 'request', request }) as const)
  const all: ListSection[] = [
    { kind: 'requests', items: ofRequests(incoming) },
    { kind: 'chats', items: ofType('private') },
    { kind: 'asked', items: ofRequests(asked) },
    { kind: 'groups', items: ofType('group') },
  ]
  return all.filter(({ kind, items }) => kind === 'chats' || kind === 'groups' || items.length > 0)
}

export function listItems(talk: Pick<Talk, 'chats' | 'requests'>): ListItem[] {
  return sections(talk).flatMap(({ items }) => items)
}

/** A chat without messages stands where it was opened: on top, until others write. */
function latest({ last }: ChatItem): number {
  return last?.at ?? Number.MAX_SAFE_INTEGER
}

export function isSelected(item: ListItem, selected: Selected | undefined): boolean {
  if (selected === undefined) return false
  return item.kind === 'chat'
    ? selected.kind === 'chat' && item.item.chat === selected.chat
    : selected.kind === 'request' && item.request.id === selected.id
}

export function selectionOf(item: ListItem): Selected {
  return item.kind === 'chat'
    ? { kind: 'chat', chat: item.item.chat }
    : { kind: 'request', id: item.request.id }
}

/** The item so many further down; the first or last one at the ends. */
export function neighbour(talk: Talk, by: number): Selected | undefined {
  const items = listItems(talk)
  if (items.length === 0) return undefined
  const at = items.findIndex((item) => isSelected(item, talk.selected))
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), items.length - 1)
  return selectionOf(items[next]!)
}

export function selectedChat({ chats, selected }: Pick<Talk, 'chats' | 'selected'>): ChatItem | undefined {
  return selected?.kind === 'chat' ? chats.find(({ chat }) => chat === selected.chat) : undefined
}

/** Whether it is one's own, by a link, that nobody has answered. */
export function isWithdrawable({ direction, join, status }: Request): boolean {
  return direction === 'outgoing' && join === true && status === 'pending'
}

export function selectedRequest({ requests, selected }: Talk): Request | undefined {
  if (selected?.kind !== 'request') return undefined
  return [...requests.incoming, ...requests.outgoing].find(({ id }) => id === selected.id)
}
