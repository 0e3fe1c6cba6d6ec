/**
 * Registration codes: "vr-" and 26 characters of base32, which are 16 random bytes. The prefix keeps them from being
 * taken for a code of another kind (attack A4); the server keeps only their hashes.
 */
import { createHash, randomBytes } from 'node:crypto'
import { base32nopad } from '@scure/base'
import { CODE_PREFIXES, codeBody } from '@veche/protocol'

declare const brand: unique symbol
export type RegistrationCode = string & { readonly [brand]: 'registration code' }

const PREFIX = CODE_PREFIXES.registration
const BODY = /^[a-z2-7]{26}$/

export function createRegistrationCode(): RegistrationCode {
  return `${PREFIX}${base32nopad.encode(randomBytes(16)).toLowerCase()}` as RegistrationCode
}

/** Reads a code as a person may have typed it; undefined where it is none. */
export function parseRegistrationCode(text: string): RegistrationCode | undefined {
  const code = text.toLowerCase()
  const body = codeBody('registration', code)
  return body !== undefined && BODY.test(body) ? (code as RegistrationCode) : undefined
}

/** SHA-256: a code has too many values to be found from it. */
export function hashRegistrationCode(code: RegistrationCode): Uint8Array {
  return createHash('sha256').update(code).digest()
}
