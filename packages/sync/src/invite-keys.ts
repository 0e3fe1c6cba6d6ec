/**
 * The member keys of a group's live invites: what members and the holders of a link share, and the server has not. Who
 * makes a link gives its key to the members; from then on every commit hands all of them on, and by them who joins knows
 * that a member let them in. A key is known for the right one by its hash in the group's state, so nobody can put
 * another in its place; one that is missing comes with the next commit of anybody who has it.
 */
import { create } from '@bufbuild/protobuf'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Group, inviteMemberKeyHash, stateOf } from '@veche/mls'
import { ChatId, concatBytes, equalBytes, labelled } from '@veche/protocol'
import { type InviteKey, InviteKeySchema } from '@veche/protocol/gen/e2ee/v1/join_info_pb.js'

const KEY_BYTES = 32

/** Those of the given ones that are right and of invites that live, by ascending id. */
export function liveInviteKeys(group: Group, given: readonly InviteKey[]): InviteKey[] {
  return stateOf(group).invites.flatMap(({ id, memberKeyHash }) => {
    const isRight = ({ inviteId, key }: InviteKey) =>
      equalBytes(inviteId, id) && equalBytes(inviteMemberKeyHash(key), memberKeyHash)
    const found = given.find(isRight)
    return found ? [found] : []
  })
}

/** How many bytes the keys of the group's live invites take on their way. */
export function inviteKeyBytes(group: Group): number {
  return stateOf(group).invites.length * KEY_BYTES
}

/** The keys of all live invites one after the other; zeros for those that are not known. */
export function encodeInviteKeys(group: Group, known: readonly InviteKey[]): Uint8Array {
  const keyOf = (id: Uint8Array) => known.find(({ inviteId }) => equalBytes(inviteId, id))?.key
  return concatBytes(...stateOf(group).invites.map(({ id }) => keyOf(id) ?? new Uint8Array(KEY_BYTES)))
}

/** @param bytes `inviteKeyBytes` of them, of which some may be nobody's key */
export function decodeInviteKeys(group: Group, bytes: Uint8Array): InviteKey[] {
  return stateOf(group).invites.map(({ id: inviteId }, index) => {
    const key = bytes.slice(index * KEY_BYTES, (index + 1) * KEY_BYTES)
    return create(InviteKeySchema, { inviteId, key })
  })
}

/** What only who knows the invite's member key can say of a join info. @returns 32 bytes */
export function proveJoinInfo(
  chatId: ChatId,
  { inviteId, key }: Pick<InviteKey, 'inviteId' | 'key'>,
  joinInfoCiphertext: Uint8Array,
): Uint8Array {
  const place = [ChatId.toBytes(chatId), inviteId, sha256(joinInfoCiphertext)]
  return hmac(sha256, key, labelled('veche join info proof v1', ...place))
}

/**
 * What only who knows the invite's member key can say of a Welcome to who has asked by it.
 * @param joinRequest JoinRequest bytes. @returns 32 bytes
 */
export function proveAdmission(
  chatId: ChatId,
  { inviteId, key }: Pick<InviteKey, 'inviteId' | 'key'>,
  joinRequest: Uint8Array,
  welcome: Uint8Array,
): Uint8Array {
  const place = [ChatId.toBytes(chatId), inviteId, sha256(joinRequest), sha256(welcome)]
  return hmac(sha256, key, labelled('veche admission proof v1', ...place))
}
