import { AccountId } from '@veche/protocol'
import type { Person as WirePerson } from '@veche/protocol/gen/chats/v1/chats_pb.js'

export interface Person {
  readonly account: AccountId
  readonly handle: string
  readonly name: string
}

export function toPerson({
  accountId,
  handle,
  displayName,
}: Pick<WirePerson, 'accountId' | 'handle' | 'displayName'>): Person {
  return { account: AccountId.fromBytes(accountId), handle, name: displayName }
}

const SHORT_ID_CHARACTERS = 8

/** Somebody of whom only the account is known. */
export function strangerOf(account: AccountId): Person {
  return { account, handle: '', name: account.slice(0, SHORT_ID_CHARACTERS) }
}
