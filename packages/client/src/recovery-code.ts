/**
 * The recovery code: 16 random bytes as 12 English words (BIP 39). It wraps the account secret a second time, and
 * gives a verifier by which the server knows its holder without ever seeing the code.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { DecodeError } from '@veche/protocol'
import { derive } from './account-keys.ts'

const CODE_BYTES = 16

export interface RecoveryCode {
  readonly bytes: Uint8Array
  /** 12 words, parted by spaces. */
  readonly words: string
}

export function createRecoveryCode(): RecoveryCode {
  return recoveryCodeOf(crypto.getRandomValues(new Uint8Array(CODE_BYTES)))
}

/** @param bytes 16 */
export function recoveryCodeOf(bytes: Uint8Array): RecoveryCode {
  return { bytes, words: entropyToMnemonic(bytes, wordlist) }
}

/** Reads the words as a person typed them. @throws DecodeError */
export function parseRecoveryCode(text: string): RecoveryCode {
  const words = text.slice(0, 1000).normalize('NFKD').toLowerCase().trim().split(/\s+/).join(' ')
  try {
    const bytes = mnemonicToEntropy(words, wordlist)
    if (bytes.length !== CODE_BYTES) throw new DecodeError('recovery code: not 12 words')
    return { bytes, words }
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause
    throw new DecodeError('recovery code: a word is wrong')
  }
}

/** What proves the code to the server, 32 bytes. */
export function verifierOf({ bytes }: RecoveryCode): Uint8Array {
  return derive(bytes, 'veche recovery verifier v1')
}

/** What the server keeps of it, 32 bytes. */
export function verifierHash(code: RecoveryCode): Uint8Array {
  return sha256(verifierOf(code))
}
