/** The list of chats, groups and private ones apart (M20), and the requests beside them. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ChatSummary, GroupChat, PrivateChat, Request } from '@veche/client'
import type { CoreEvent, RemoteClient } from '../core/remote-client.ts'
import { coalesce } from './coalesce.ts'

export interface Unread {
  readonly messages: number
  readonly requests: number
  readonly isNamed: boolean
}

export interface ChatsStore {
  /** Undefined until they were read. */
  readonly all: ReadonlySignal<readonly ChatSummary[] | undefined>
  readonly groups: ReadonlySignal<readonly GroupChat[]>
  readonly privates: ReadonlySignal<readonly PrivateChat[]>
  readonly incoming: ReadonlySignal<readonly Request[]>
  readonly outgoing: ReadonlySignal<readonly Request[]>
  readonly unread: ReadonlySignal<{ readonly groups: Unread; readonly private: Unread }>
  find(chat: string): ChatSummary | undefined
  hear(event: CoreEvent): void
  refresh(): Promise<void>
  refreshRequests(): Promise<void>
}

/** Events that change nothing in the list. */
const QUIET: ReadonlySet<CoreEvent['type']> = new Set([
  'typing',
  'read',
  'delivered',
  'connection',
  'core',
  'device',
])

export function createChats(client: RemoteClient, onError: (error: unknown) => void): ChatsStore {
  const all: Signal<readonly ChatSummary[] | undefined> = signal(undefined)
  const incoming: Signal<readonly Request[]> = signal([])
  const outgoing: Signal<readonly Request[]> = signal([])
  const refresh = coalesce(async () => {
    all.value = await client.chats()
  })
  const refreshRequests = coalesce(async () => {
    const listed = await client.requests.list()
    incoming.value = listed.incoming.filter(({ status }) => status === 'pending')
    outgoing.value = listed.outgoing.filter(({ status }) => status !== 'open')
  })
  const groups = computed(() => sorted((all.value ?? []).filter((chat) => chat.type === 'group')))
  const privates = computed(() => sorted((all.value ?? []).filter((chat) => chat.type === 'private')))
  return {
    all,
    groups,
    privates,
    incoming,
    outgoing,
    unread: computed(() => ({
      groups: unreadOf(groups.value, incoming.value.filter(isOfGroups)),
      private: unreadOf(
        privates.value,
        incoming.value.filter((request) => !isOfGroups(request)),
      ),
    })),
    find: (id) => all.value?.find(({ chat }) => chat === id),
    hear(event) {
      if (!QUIET.has(event.type)) refresh().catch(onError)
      const isOfRequests = event.type === 'request' || event.type === 'chat'
      const isBack = event.type === 'connection' && event.state === 'connected'
      if (isOfRequests || isBack) refreshRequests().catch(onError)
    },
    refresh,
    refreshRequests,
  }
}

/** Whether it stands beside the groups: to be added to one, or to be let into one. */
export function isOfGroups({ group, join }: Request): boolean {
  return group === true || join === true
}

/** Pinned ones first, then by their last messages. */
function sorted<Chat extends ChatSummary>(chats: readonly Chat[]): readonly Chat[] {
  const at = ({ last }: ChatSummary) => last?.at ?? Number.MAX_SAFE_INTEGER
  return chats.toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || at(b) - at(a))
}

/** What is muted calls for no attention, unless it names the user. */
function unreadOf(chats: readonly ChatSummary[], requests: readonly Request[]): Unread {
  const loud = chats.filter(({ muted, mentioned }) => !muted || mentioned > 0)
  return {
    messages: loud.reduce((sum, { unread, muted, mentioned }) => sum + (muted ? mentioned : unread), 0),
    requests: requests.length,
    isNamed: chats.some(({ mentioned }) => mentioned > 0),
  }
}
