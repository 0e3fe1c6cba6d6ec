/** The account's chats as they are listed, and how one is named. */
import type { ChatId } from '@veche/protocol'
import { bindingOf } from '@veche/sync'
import { type ChatSummary, type GroupChat, type PrivateChat, toSummary } from './chat-views.ts'
import { UsageError } from './errors.ts'
import type { Member } from './member.ts'

/** Private chats by handle, one whose account the handle does not stand for after the one it does; then groups by name. */
export function listChats({ delivery, own, store, nowMs }: Member): ChatSummary[] {
  const now = nowMs()
  const summaries = [...delivery.chats].map(({ state, messages: { newest } }) =>
    toSummary({ chat: state, newest, nowMs: now }, own, ({ handle, account }) =>
      bindingOf(store.state, handle, account),
    ),
  )
  const groups = summaries.filter(isOfGroup).sort(byName)
  return [...privateOf(summaries).sort(byHandle), ...groups]
}

export function privateOf(chats: readonly ChatSummary[]): PrivateChat[] {
  return chats.filter((chat) => chat.type === 'private')
}

/**
 * @param text `@handle`; a group's name, without regard to case; or a chat's id, by which alone a chat is found whose
 * account had the handle once
 * @throws UsageError `chat_unknown`; `chat_ambiguous` where several groups are called so
 */
export function findChat(chats: readonly ChatSummary[], text: string): ChatId {
  const named =
    chats.find(({ chat }) => chat === text) ??
    privateOf(chats).find(
      ({ binding, with: { handle } }) => text === `@${handle}` && binding !== 'unbound',
    ) ??
    findGroup(chats.filter(isOfGroup), text)
  if (!named) throw new UsageError('chat_unknown')
  return named.chat
}

/** One that the account is in goes before those that it has left. What is a handle never finds a group called so (C11). */
function findGroup(groups: readonly GroupChat[], text: string): GroupChat | undefined {
  if (text.startsWith('@')) return undefined
  const called = groups.filter(({ name }) => name !== '' && folded(name) === folded(text))
  const present = called.filter(({ state }) => state !== 'removed')
  const [found, another] = present.length > 0 ? present : called
  if (another) throw new UsageError('chat_ambiguous')
  return found
}

function folded(text: string): string {
  return text.normalize().toLowerCase()
}

function isOfGroup(chat: ChatSummary): chat is GroupChat {
  return chat.type === 'group'
}

function byHandle(a: PrivateChat, b: PrivateChat): number {
  if (a.with.handle !== b.with.handle) return a.with.handle < b.with.handle ? -1 : 1
  return Number(a.binding !== 'bound') - Number(b.binding !== 'bound')
}

function byName(a: GroupChat, b: GroupChat): number {
  return a.name === b.name ? (a.chat < b.chat ? -1 : 1) : a.name < b.name ? -1 : 1
}
