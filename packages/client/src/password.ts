/**
 * What makes a password good enough. Whoever holds the server's records can guess offline, at the cost of Argon2id
 * each (docs/threat-model.md); the server never sees a password, so only the client can set a floor.
 */
import { entropyToMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

export const MIN_PASSWORD_CHARACTERS = 12
const MIN_DIFFERENT_CHARACTERS = 6
const PASSPHRASE_WORDS = 5

/** The same password however it was typed: NFKC (RFC 8265 section 4.2). */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}

/** Whether it is too short, or made of too few different characters, to be kept to. */
export function isWeakPassword(password: string): boolean {
  const characters = [...normalizePassword(password)]
  return characters.length < MIN_PASSWORD_CHARACTERS || new Set(characters).size < MIN_DIFFERENT_CHARACTERS
}

/** Five random words: 55 bits, easy to type and to remember. */
export function suggestPassphrase(): string {
  const words = entropyToMnemonic(crypto.getRandomValues(new Uint8Array(16)), wordlist)
  return words.split(' ').slice(0, PASSPHRASE_WORDS).join(' ')
}
