/** How the conversation on show is set: its width, whose it is, and which names need more than the name. */
import type { Person } from '@veche/client'
import type { Setting } from './conversation-rows.ts'
import { lookOf } from './look.ts'
import { sharedNames } from './shown-text.ts'
import { paneSize } from './sizes.ts'
import type { Talk } from './talk-state.ts'

export function settingOf(talk: Talk): Setting {
  const namesakes = sharedNames(talk.group?.members ?? nobody)
  const gaps = talk.chats.find(({ chat }) => chat === talk.conversation?.chat)?.archive?.gaps ?? []
  return { columns: paneSize(talk).columns, own: talk.account, look: lookOf(talk), namesakes, gaps }
}

const nobody: readonly Person[] = []
