/** Who the server says somebody is, as far as a device can check it (attack A2). */
import { sha256 } from '@noble/hashes/sha2.js'
import { AccountId, DecodeError, equalBytes, labelled } from '@veche/protocol'
import type { Person } from '@veche/protocol/gen/chats/v1/chats_pb.js'

const HANDLE = /^[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9]$/
const MAX_NAME_UNITS = 128

/** As every service shows a person. */
type Shown = Pick<Person, 'accountId' | 'accountKey' | 'handle' | 'displayName'>

/**
 * The account of a person as the server shows it. The id is the hash of the key; all that the server could
 * substitute is whom the handle stands for, which is pinned.
 * @throws DecodeError
 */
export function accountOf(person: Shown | undefined): AccountId {
  if (!person) throw new DecodeError('person: missing')
  const { accountId, accountKey, handle, displayName } = person
  if (accountKey.length !== 32) throw new DecodeError('person: its account key has not 32 bytes')
  if (!equalBytes(accountId, sha256(labelled('veche account id v1', accountKey)))) {
    throw new DecodeError('person: the account id is not the hash of the account key')
  }
  if (!HANDLE.test(handle)) throw new DecodeError('person: no handle')
  if (displayName.length > MAX_NAME_UNITS) throw new DecodeError('person: its name is too long')
  return AccountId.fromBytes(accountId)
}

/** The account of who was asked for by this handle: nobody else is taken for them. @throws DecodeError */
export function accountCalled(handle: string, person: Shown | undefined): AccountId {
  const account = accountOf(person)
  if (person?.handle !== handle) throw new DecodeError('person: of another handle')
  return account
}
