/** What the account's owner decides about other people. Nobody is told of it. */
import { AccountId, DecodeError } from '@veche/protocol'
import type { Person as WirePerson } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { accountOf, isBound, isVerified, RefusedError, setVerified } from '@veche/sync'
import type { Member } from './member.ts'
import { safetyNumber } from './safety-number.ts'
import { type Person, toPerson } from './views.ts'

export interface BlockedState extends Pick<Person, 'account' | 'handle'> {
  readonly blocked: boolean
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
   * From now on requests of the owner of a handle reach nobody; an open chat stays open.
   * @throws RefusedError `person_unknown` for who is neither a contact nor has asked for a chat; UnreachableError
   */
  async block(handle: string): Promise<BlockedState> {
    const { account } = await this.#find(handle)
    await this.#member().server.accounts.blockAccount({ accountId: AccountId.toBytes(account) })
    return { account, handle, blocked: true }
  }

  /** @throws as `block` */
  async unblock(handle: string): Promise<BlockedState> {
    const { account } = await this.#find(handle)
    await this.#member().server.accounts.unblockAccount({ accountId: AccountId.toBytes(account) })
    return { account, handle, blocked: false }
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

  /** The contact with the account that the handle was first met with, where another claims the handle, too. */
  #boundContact(handle: string): Person {
    const { state } = this.#member().store
    const bound = this.#peers(handle).find(({ account }) => isBound(state, handle, account))
    if (!bound) throw new RefusedError('contact_unknown')
    return bound
  }

  #peers(handle: string): Person[] {
    const peers = [...this.#member().delivery.chats].map(({ state }) => toPerson(state.peer))
    return peers.filter((peer) => peer.handle === handle)
  }

  /** Among those whom this device was shown already: a handle is looked up nowhere. */
  async #find(handle: string): Promise<Person> {
    const [contact] = this.#peers(handle)
    if (contact) return contact
    const { incoming } = await this.#member().server.chats.listRequests({})
    const asker = incoming.find(({ from }) => from?.handle === handle)?.from
    if (!asker || !isWhole(asker)) throw new RefusedError('person_unknown')
    return toPerson(asker)
  }
}

/** Whether the account is that of the key, which the server could not make up for another. */
function isWhole(person: WirePerson): boolean {
  try {
    accountOf(person)
    return true
  } catch (cause) {
    if (cause instanceof DecodeError) return false
    throw cause
  }
}
