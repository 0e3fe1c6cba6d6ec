/**
 * Handles that stand for another account than before (attack A2): the same person who lost everything and began
 * anew, or somebody else. Only the user can tell, and until then nothing is sent.
 */
import type { AccountId, ChatId } from '@veche/protocol'
import { bindingOf, RefusedError } from '@veche/sync'
import type { Member } from './member.ts'
import { type Person, toPerson } from './person.ts'
import { safetyNumber } from './safety-number.ts'

export interface ChangedBinding {
  readonly handle: string
  /** The account that came with the handle, which the user has not accepted. */
  readonly account: AccountId
  /** Undefined where it only asked for a chat. */
  readonly name?: string
  /** The chat with it, where there is one: nothing is sent there yet. */
  readonly chat?: ChatId
  /** To be compared with the owner of that account. */
  readonly safetyNumber: string
}

interface Peer extends Person {
  readonly chat: ChatId
}

/**
 * What the user may accept; from local state.
 * @param who a handle, or the id of a chat with an account that its handle no longer stands for
 * @throws RefusedError `binding_unchanged`
 */
export function changedBinding(member: Member, who: string): ChangedBinding {
  const { own, store } = member
  const peers = peersOf(member)
  const named = peers.find(({ chat }) => chat === who)
  if (named && bindingOf(store.state, named.handle, named.account) !== 'bound') return toChange(named, own)
  const account = store.state.pins.get(who)?.claimedBy
  if (account === undefined) throw new RefusedError('binding_unchanged')
  const peer = peers.find((each) => each.handle === who && each.account === account)
  return toChange(peer ?? { handle: who, account }, own)
}

function toChange(
  { handle, account, name, chat }: Pick<Peer, 'handle' | 'account'> & Partial<Peer>,
  own: Person,
): ChangedBinding {
  const shown = { ...(name !== undefined && { name }), ...(chat !== undefined && { chat }) }
  return { handle, account, ...shown, safetyNumber: safetyNumber(own.account, account) }
}

function peersOf({ delivery }: Member): Peer[] {
  return [...delivery.chats].flatMap(({ state: { peer, chatId } }) =>
    peer ? [{ ...toPerson(peer), chat: chatId }] : [],
  )
}
