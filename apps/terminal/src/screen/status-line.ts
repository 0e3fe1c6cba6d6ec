/** The lowest row: what is kept where, the connection, and the keys that matter here. */
import type { ChatSummary, Kept } from '@veche/client'
import { width } from '../text-width.ts'
import type { Words } from '../words/en.ts'
import { selectedChat } from './chat-list.ts'
import { isWritable } from './chat-standing.ts'
import { edges, type Line, span } from './line.ts'
import { lookOf } from './look.ts'
import type { Talk } from './talk-state.ts'

export function statusLine(talk: Talk): Line {
  const { words } = lookOf(talk)
  const { columns } = talk.size
  const connection = {
    connecting: words.screen.connecting,
    connected: words.screen.connected,
    disconnected: words.screen.disconnected,
  }[talk.connection]
  const isOff = talk.connection === 'disconnected'
  const chat = selectedChat(talk)
  const kept = chat === undefined ? '' : `${words.screen.kept[keptWhere(chat.kept)]} · `
  const older = chat === undefined ? '' : olderText(chat, words)
  const left: Line = [
    span(` ${kept}${older}`, { dim: true }),
    span(connection, { dim: !isOff, ...(isOff && { colour: 'yellow', bold: true }) }),
  ]
  const room = columns - left.reduce((sum, { text }) => sum + width(text), 0) - 2
  const hints = fitting(hintsOf(talk), room)
  return edges(left, [span(` ${hints.join(' · ')} `, { dim: true })], columns)
}

/** How far what is older than this device was read, until all of it is. */
function olderText({ archive }: ChatSummary, { says }: Words): string {
  return archive === undefined || archive.done
    ? ''
    : `${says.archiveProgress(archive.read, archive.total)} · `
}

/** The two marks in words (M22). */
function keptWhere({ server, device }: Kept): 'both' | 'server' | 'device' | 'nowhere' {
  if (server) return device ? 'both' : 'server'
  return device ? 'device' : 'nowhere'
}

/** As many as there is room for, the last ones first given up; the way to all keys is kept. */
function fitting(hints: readonly string[], room: number): string[] {
  const kept = [...hints]
  while (kept.length > 1 && width(kept.join(' · ')) + 1 > room) kept.splice(-2, 1)
  return kept
}

function hintsOf(talk: Talk): string[] {
  const { hints } = lookOf(talk).words.screen
  const keys = `F1 ${hints.keys}`
  if (talk.place?.kind === 'keys') return [`Esc ${hints.back}`]
  if (talk.place !== undefined) return [`Esc ${hints.back}`, `Enter ${hints.choose}`, keys]
  const chat = selectedChat(talk)
  if (talk.focus === 'list') {
    if (talk.selected === undefined)
      return [`n ${hints.newChat}`, `g ${hints.newGroup}`, `s ${hints.settings}`, keys]
    return chat?.type === 'group'
      ? [
          `Enter ${hints.open}`,
          `m ${hints.people}`,
          `u ${hints.mute(chat.muted)}`,
          `p ${hints.pin(chat.pinned)}`,
          keys,
        ]
      : [`Enter ${hints.open}`, `n ${hints.newChat}`, `g ${hints.newGroup}`, `/ ${hints.search}`, keys]
  }
  if (chat === undefined) return [`Enter ${hints.choose}`, `Esc ${hints.toChats}`, keys]
  if (!isWritable(chat)) {
    const choices = chat.type === 'group' ? [] : [`Enter ${hints.choose}`]
    return [...choices, `Esc ${hints.toChats}`, keys]
  }
  return [`Enter ${hints.send}`, `Esc ${hints.toChats}`, `Alt+Enter ${hints.newLine}`, keys]
}
