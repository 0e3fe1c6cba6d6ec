/** Where one can say whether a chat is kept; the view and the keys go through the same list. */
import { may } from './group-state.ts'
import type { ChatItem, Talk } from './talk-state.ts'

/** What the server keeps of a group is one thing for all who are in it, and goes by a right. */
export function keptPlaces(
  { group }: Pick<Talk, 'group'>,
  { type, chat, state }: ChatItem,
): ('server' | 'device')[] {
  if (type === 'private') return ['server', 'device']
  const isForServer = group?.chat === chat && state === 'open' && may(group, 'keepHistory')
  return isForServer ? ['server', 'device'] : ['device']
}
