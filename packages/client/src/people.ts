/** What the account's owner decides about other people. Nobody is told of it. */
import { AccountId, DecodeError } from '@veche/protocol'
import type { Person as WirePerson } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { accountOf, RefusedError } from '@veche/sync'
import type { Member } from './member.ts'
import { type Person, toPerson } from './views.ts'

export interface BlockedState extends Pick<Person, 'account' | 'handle'> {
  readonly blocked: boolean
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

  /** Among those whom this device was shown already: a handle is looked up nowhere. */
  async #find(handle: string): Promise<Person> {
    const { delivery, server } = this.#member()
    const contact = [...delivery.chats].find(({ state }) => state.peer.handle === handle)
    if (contact) return toPerson(contact.state.peer)
    const { incoming } = await server.chats.listRequests({})
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
