/** Selecting and opening chats, what counts as read, and which pages of the history are needed next. */
import { selectedChat } from './chat-list.ts'
import { firstSeq, isAtEnd, lastSeq, unopened } from './conversation.ts'
import { moved, rowsAbove } from './conversation-rows.ts'
import { messageAreaRows } from './conversation-view.ts'
import { settingOf } from './setting.ts'
import { type Selected, type Step, step, type Talk } from './talk-state.ts'

/** Shows it beside the list; nothing counts as read by that. */
export function select(talk: Talk, selected: Selected | undefined): Step {
  if (selected === undefined) return step(talk)
  const next: Talk = { ...talk, selected, choice: 0 }
  if (selected.kind === 'request') return step({ ...next, conversation: undefined })
  if (talk.conversation?.chat === selected.chat) return step(next)
  return openAt(next, selected.chat)
}

/** Begins a conversation anew at its end. */
export function openAt(talk: Talk, chat: NonNullable<Talk['conversation']>['chat']): Step {
  const readUpTo = talk.chats.find((each) => each.chat === chat)?.read
  const conversation = unopened(chat, readUpTo)
  return step({ ...talk, conversation }, { kind: 'read', chat, page: { kind: 'newest' } })
}

/** Goes to what is selected: to write there, or to answer. What came since it was read is marked as new. */
export function openSelected(talk: Talk): Step {
  const { selected, conversation } = talk
  if (selected === undefined) return step(talk)
  const item = selectedChat(talk)
  const isShown = item !== undefined && conversation?.chat === item.chat
  const marked = isShown ? { ...conversation, readUpTo: item.read } : conversation
  return step({ ...talk, focus: 'pane', conversation: marked })
}

/** Moves what is seen of the conversation, down when `by` is positive. */
export function scroll(talk: Talk, by: number): Step {
  const { conversation } = talk
  if (conversation === undefined) return step(talk)
  const place = moved(conversation, by, messageAreaRows(talk), settingOf(talk))
  const below = place.kind === 'end' && !conversation.hasNewer ? 0 : conversation.below
  return step({ ...talk, conversation: { ...conversation, place, below } })
}

export function scrollToEnd(talk: Talk): Step {
  const { conversation } = talk
  if (conversation === undefined) return step(talk)
  if (conversation.hasNewer) return openAt(talk, conversation.chat)
  return step({ ...talk, conversation: { ...conversation, place: { kind: 'end' }, below: 0 } })
}

/** What somebody is in, and sees to its end, is read. */
export function markedRead(talk: Talk): Step {
  const { conversation } = talk
  const item = selectedChat(talk)
  if (talk.focus !== 'pane' || talk.place !== undefined || item === undefined) return step(talk)
  if (conversation?.chat !== item.chat || !isAtEnd(conversation)) return step(talk)
  const seq = lastSeq(conversation)
  if (seq === undefined || seq <= item.read) return step(talk)
  const chats = talk.chats.map((each) => (each === item ? { ...each, unread: 0, read: seq } : each))
  return step({ ...talk, chats }, { kind: 'mark-read', chat: item.chat, seq })
}

/** A page is asked for before somebody comes to the end of what is on hand. */
export function pagesNeeded(talk: Talk): Step {
  const { conversation } = talk
  if (conversation === undefined || conversation.isFetching) return step(talk)
  const { chat, hasOlder, hasNewer, place } = conversation
  const height = messageAreaRows(talk)
  const fetching = { ...talk, conversation: { ...conversation, isFetching: true } }
  const before = firstSeq(conversation)
  if (hasOlder && before !== undefined) {
    const above = rowsAbove(conversation, height, 2 * height, settingOf(talk))
    if (above < 2 * height) return step(fetching, { kind: 'read', chat, page: { kind: 'older', before } })
  }
  const after = lastSeq(conversation)
  if (hasNewer && place.kind === 'end' && after !== undefined) {
    return step(fetching, { kind: 'read', chat, page: { kind: 'newer', after } })
  }
  return step(talk)
}

/** The chat on show has older messages now: they are read when somebody comes to them, or at once where it is empty. */
export function withOlder(talk: Talk, chat: NonNullable<Talk['conversation']>['chat']): Step {
  const { conversation } = talk
  if (conversation?.chat !== chat) return step(talk)
  if (conversation.messages.length === 0 && !conversation.isFetching) return openAt(talk, chat)
  return step({ ...talk, conversation: { ...conversation, hasOlder: true } })
}

/** Who is in the group that is on show is read when it comes on show, and anew when something of it has changed. */
export function groupNeeded(talk: Talk): Step {
  const shown = talk.conversation?.chat
  const chat = talk.chats.find((each) => each.chat === shown && each.type === 'group')?.chat
  if (talk.groupAsked === chat) return step(talk)
  const group = talk.group?.chat === chat ? talk.group : undefined
  const next = { ...talk, group, groupAsked: chat }
  return chat === undefined ? step(next) : step(next, { kind: 'group', act: { kind: 'read', chat } })
}
