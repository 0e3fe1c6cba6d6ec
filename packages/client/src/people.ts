/**
 * What the account's owner decides about other people. Nobody is told of it; who is blocked in an open chat sees that
 * messages are not accepted there.
 */
import { AccountId, DecodeError } from '@veche/protocol'
import type { Chat as WireChat, Person as WirePerson } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { accountOf, isBound, isVerified, RefusedError, setVerified } from '@veche/sync'
import { type ChangedBinding, changedBinding } from './changed-binding.ts'
import type { Member } from './member.ts'
import { type Person, toPerson } from './person.ts'
import { safetyNumber } from './safety-number.ts'
import { searchText } from './search-text.ts'
import { judgeCode, type Verdict, verificationCode } from './verification-code.ts'

export interface BlockedState {
  readonly handle: string
  /** Undefined where this device was not shown whose the handle is. */
  readonly account?: AccountId
  readonly blocked: boolean
}

export interface BlockedPerson {
  readonly handle: string
  /** Undefined, as is the name, for who was blocked by the handle alone. */
  readonly account?: AccountId
  readonly name?: string
}

export interface VerifiedState extends Pick<Person, 'account' | 'handle' | 'name'> {
  /** 12 groups of 5 digits; the other sees the same ones. */
  readonly safetyNumber: string
  readonly verified: boolean
}

export class People {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /**
   * People who wish to be found (M12, M21), by handle or name, the nearest first; at most `limit`, 20 by default and at
   * most. Who calls it while somebody types waits for 300 ms without a keystroke.
   * @throws UsageError `search_too_short`, `search_too_long`: it takes 2 to 64 characters; RefusedError `too_many_calls`;
   * UnreachableError
   */
  async find(text: string, { limit = 20 }: { readonly limit?: number } = {}): Promise<Person[]> {
    const query = searchText(text)
    const { people } = await this.#member().server.directory.searchPeople({ query, limit })
    return people.filter(isWhole).map(toPerson)
  }

  /**
   * From now on requests of the owner of a handle reach nobody, and in an open chat neither can write. There are two
   * services to tell; when this ends between them, the next call completes it. Somebody whom this device was not shown
   * is blocked by the handle alone; whether there is such a person is not told (B6).
   * @throws RefusedError `own_account`, `handle_invalid`, `too_many_blocks`; UnreachableError
   */
  async block(handle: string): Promise<BlockedState> {
    const { server } = this.#member()
    const person = await this.#find(handle)
    await server.accounts.blockAccount(nameOf(handle, person))
    await this.#setBlocked(handle, person, true)
    return { handle, ...(person && { account: person.account }), blocked: true }
  }

  /** Ends a block; the requests come last, so that who is still listed is still blocked. @throws as `block` */
  async unblock(handle: string): Promise<BlockedState> {
    const { server } = this.#member()
    const person = await this.#find(handle)
    await this.#setBlocked(handle, person, false)
    await server.accounts.unblockAccount(nameOf(handle, person))
    return { handle, ...(person && { account: person.account }), blocked: false }
  }

  /** Whom the account blocks, wholly or in part, by handle. @throws UnreachableError */
  async blocked(): Promise<BlockedPerson[]> {
    const { server } = this.#member()
    const { blocked } = await server.accounts.listBlocked({})
    const { chats } = await server.chats.listChats({})
    const peers = chats.filter((chat) => chat.blocked).flatMap(({ peer }) => peer ?? [])
    const people = new Map([...blocked, ...peers].map((person) => [person.handle, toBlocked(person)]))
    return [...people.values()].sort((a, b) => (a.handle < b.handle ? -1 : 1))
  }

  /** To be compared with what a contact sees; from local state. @throws RefusedError `contact_unknown` */
  compare(handle: string): VerifiedState {
    const { own, store } = this.#member()
    const { account, name } = this.#boundContact(handle)
    const verified = isVerified(store.state, handle, account)
    return { account, handle, name, safetyNumber: safetyNumber(own.account, account), verified }
  }

  /**
   * Remembers on this device that the safety numbers were the same, until the handle is met with another account.
   * @throws as `compare`
   */
  async setVerified(handle: string, verified: boolean): Promise<VerifiedState> {
    this.#boundContact(handle)
    await setVerified(this.#member().store, handle, verified)
    return this.compare(handle)
  }

  /** What this device shows for a contact's to scan; from local state. @throws as `compare` */
  verificationCode(handle: string): string {
    return verificationCode(this.#member().own.account, this.#boundContact(handle).account)
  }

  /**
   * Compares what a scanner read off a contact's device; a match is remembered as `setVerified` does.
   * @throws as `compare`
   */
  async verifyByCode(handle: string, text: string): Promise<Verdict> {
    const verdict = judgeCode(text, this.#member().own.account, this.#boundContact(handle).account)
    if (verdict.kind === 'match') await this.setVerified(handle, true)
    return verdict
  }

  /**
   * The account that a handle stands for now and the user has not accepted (A2); from local state.
   * @param who a handle; or the id of a chat, to go back to the account that the chat is with
   * @throws RefusedError `binding_unchanged`
   */
  changedBinding(who: string): ChangedBinding {
    return changedBinding(this.#member(), who)
  }

  /**
   * Lets the handle stand for that account from now on. What waited in its chat is sent, requests of it can be
   * allowed; the chat with the account before stays and is not written to. The new account is not verified by this.
   * @throws as `changedBinding`
   */
  async acceptBinding(who: string): Promise<ChangedBinding> {
    const change = this.changedBinding(who)
    await this.#member().delivery.acceptBinding(change.handle, change.account)
    return change
  }

  /** The contact with the account that the handle is bound to, where another has or had it, too. */
  #boundContact(handle: string): Person {
    const { state } = this.#member().store
    const bound = this.#peers(handle).find(({ account }) => isBound(state, handle, account))
    if (!bound) throw new RefusedError('contact_unknown')
    return bound
  }

  #peers(handle: string): Person[] {
    const peers = [...this.#member().delivery.chats].flatMap(({ state: { peer } }) =>
      peer ? [toPerson(peer)] : [],
    )
    return peers.filter((peer) => peer.handle === handle)
  }

  /** The open chat is what the server says it is: another device may have opened it. */
  async #setBlocked(handle: string, person: Person | undefined, blocked: boolean): Promise<void> {
    const { server } = this.#member()
    const isWith = ({ peer }: WireChat) =>
      peer !== undefined && (person ? toPerson(peer).account === person.account : peer.handle === handle)
    const { chats } = await server.chats.listChats({})
    for (const chat of chats) {
      if (!isWith(chat) || chat.blocked === blocked) continue
      await server.chats.setBlocked({ chatId: chat.chatId, blocked })
    }
  }

  /** Among those whom this device was shown already: a handle is looked up nowhere. */
  async #find(handle: string): Promise<Person | undefined> {
    const { state } = this.#member().store
    const peers = this.#peers(handle)
    const contact = peers.find(({ account }) => isBound(state, handle, account)) ?? peers[0]
    if (contact) return contact
    const { incoming } = await this.#member().server.chats.listRequests({})
    const asker = incoming.find(({ from }) => from?.handle === handle)?.from
    return asker && isWhole(asker) ? toPerson(asker) : undefined
  }
}

function nameOf(handle: string, person: Person | undefined) {
  return person ? { accountId: AccountId.toBytes(person.account) } : { handle }
}

function toBlocked({
  accountId,
  handle,
  displayName,
}: Pick<WirePerson, 'accountId' | 'handle' | 'displayName'>) {
  if (accountId.length === 0) return { handle }
  return { handle, account: AccountId.fromBytes(accountId), name: displayName }
}

/** Whether the account is that of the key, which the server could not make up for another. */
function isWhole(person: Parameters<typeof accountOf>[0]): boolean {
  try {
    accountOf(person)
    return true
  } catch (cause) {
    if (cause instanceof DecodeError) return false
    throw cause
  }
}
