/** The two parts of the list: requests and private chats above, the groups below (M20). */
import { type ListSection, sections } from './chat-list.ts'
import type { Talk } from './talk-state.ts'

/** From so many rows on, there is room for the two beside each other. */
const roomyRows = 15

export type PartName = 'chats' | 'groups'

export interface Part {
  readonly name: PartName
  readonly sections: readonly ListSection[]
}

/** In a low window they are one list, the groups last. */
export function partsOf(talk: Talk, rows: number): Part[] {
  const all = sections(talk)
  if (rows < roomyRows) return [{ name: 'chats', sections: all }]
  const isGroups = ({ kind }: ListSection) => kind === 'groups'
  return [
    { name: 'chats', sections: all.filter((each) => !isGroups(each)) },
    { name: 'groups', sections: all.filter(isGroups) },
  ]
}

/** Each has what it needs; where that is too much, at most half goes to the one that could give way. */
export function heightsOf(
  needed: Readonly<Record<PartName, number>>,
  rows: number,
): Record<PartName, number> {
  const half = Math.floor(rows / 2)
  const groups = Math.min(needed.groups, Math.max(half, rows - needed.chats))
  return { chats: rows - groups, groups }
}
