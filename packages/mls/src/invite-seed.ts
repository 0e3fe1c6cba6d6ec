/** What follows from the secret seed of an invite link, but for the key pairs. */
import { expand } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { labelled, utf8 } from '@veche/protocol'

/** 16 bytes, by which the group's state names the invite. */
export function inviteIdOf(seed: Uint8Array): Uint8Array {
  return derive(seed, 'id', 16)
}

/** 32 bytes that the link's holders share with the group's members, and with no server. */
export function inviteMemberKey(seed: Uint8Array): Uint8Array {
  return derive(seed, 'members', 32)
}

/** By which members know the key that they are given for the right one. */
export function inviteMemberKeyHash(key: Uint8Array): Uint8Array {
  return sha256(labelled('veche invite member key v1', key))
}

export function derive(
  seed: Uint8Array,
  purpose: 'id' | 'signing' | 'sealing' | 'members',
  bytes: number,
): Uint8Array {
  return expand(sha256, seed, labelled('veche invite v1', utf8(purpose)), bytes)
}
