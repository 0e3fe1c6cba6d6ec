/** The list of chats as people get it: groups and private chats are two lists (M20). */
import type { ChatSummary, GroupChat, PrivateChat, ShownMessage } from '@veche/client'
import { bindingMark } from './binding-mark.ts'
import { columns } from './columns.ts'
import { excerpt } from './excerpt.ts'
import { groupName } from './group-view.ts'
import { oneLine } from './plain-text.ts'
import type { Words } from './words/en.ts'

/** @param own the person's account. The headings are there as soon as there is a group. */
export function chatsText(chats: readonly ChatSummary[], words: Words, own: string): string {
  if (chats.length === 0) return words.says.noChats
  const groups = chats.filter((chat) => chat.type === 'group')
  const privateRows = chats.filter((chat) => chat.type === 'private').map((chat) => privateRow(chat, words))
  if (groups.length === 0) return columns(privateRows)
  const lists = [
    { heading: words.says.group.groups, rows: groups.map((group) => groupRow(group, words, own)) },
    { heading: words.says.group.privateChats, rows: privateRows },
  ]
  return lists
    .filter(({ rows }) => rows.length > 0)
    .map(({ heading, rows }) => `${heading}\n${columns(rows, 2)}`)
    .join('\n\n')
}

function privateRow(chat: PrivateChat, words: Words): string[] {
  const { handle, name } = chat.with
  const marks = [...(chat.binding === 'bound' ? [] : [bindingMark(chat, words)]), ...countMarks(chat, words)]
  return [`@${oneLine(handle)}`, oneLine(name), excerpt(chat.last?.text ?? ''), marks.join(', ')]
}

/** One that the person is in no more says so in place of a role. */
function groupRow(group: GroupChat, words: Words, own: string): string[] {
  const { last, people, role, state } = group
  const isIn = state !== 'removed'
  const standing = isIn ? `${words.says.group.people(people)}, ${words.roles[role]}` : words.labels.leftGroup
  const latest = last === undefined ? '' : excerpt(`${senderOf(last, words, own)}: ${last.text}`)
  return [groupName(group), standing, latest, countMarks(group, words).join(', ')]
}

/** Names are long, and stand whole before each message of the history. */
function senderOf({ from }: ShownMessage, { labels }: Words, own: string): string {
  return from.account === own ? labels.you : oneLine(from.name)
}

function countMarks(chat: ChatSummary, { says }: Words): string[] {
  const { unread, mentioned, waiting, notSent, pinned, muted } = chat
  return [
    ...(pinned ? [says.marks.pinnedMark] : []),
    ...(muted ? [says.marks.mutedMark] : []),
    ...(unread === 0 ? [] : [says.unreadMessages(unread)]),
    ...(mentioned === 0 ? [] : [says.youAreNamed]),
    ...(waiting === 0 ? [] : [says.waitingMessages(waiting)]),
    ...(notSent === 0 ? [] : [says.unsentMessages(notSent)]),
  ]
}
