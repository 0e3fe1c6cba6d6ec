/**
 * The number that two people compare in person: who sees the same one has the other's true account key, and nobody
 * stands between them (attack A2).
 *
 *   digest = SHA-512("veche safety number v1" 0x00 ‖ the smaller account id ‖ the greater), 32 bytes each
 *
 * Its first 60 bytes make 12 groups: five bytes each, big-endian, modulo 100,000. An account id is the hash of the
 * account's key. 60 digits are 199 bits, so two accounts in the middle that give both sides one number cost about 2^100.
 */
import { sha512 } from '@noble/hashes/sha2.js'
import { AccountId, compareBytes, labelled } from '@veche/protocol'

const GROUPS = 12
const GROUP_BYTES = 5
const GROUP_DIGITS = 5

/** 12 groups of 5 digits with a space between; the same whichever account comes first. */
export function safetyNumber(one: AccountId, other: AccountId): string {
  const ids = [one, other].map(AccountId.toBytes).sort(compareBytes)
  const digest = sha512(labelled('veche safety number v1', ...ids))
  return Array.from({ length: GROUPS }, (_, index) =>
    groupOf(digest.subarray(index * GROUP_BYTES, (index + 1) * GROUP_BYTES)),
  ).join(' ')
}

/** 40 bits are exact in a number, and leave no digit likelier than another by more than 10^-7. */
function groupOf(bytes: Uint8Array): string {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return String(value % 10 ** GROUP_DIGITS).padStart(GROUP_DIGITS, '0')
}
