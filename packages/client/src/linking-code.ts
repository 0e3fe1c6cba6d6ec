/**
 * The code by which a new device finds the old one that lets it in, shown by the old one alone (docs/wire/linking.md):
 * "veche-linking:" and base32 of
 *
 *   version (1 byte, 1) || seed (16, random) || checksum (3)
 *
 * Whoever reads it off the screen can offer a device, and the user is asked; no other reader takes it (attack A4).
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { base32nopad } from '@scure/base'
import { CODE_PREFIXES, codeBody, concatBytes, DecodeError, equalBytes, labelled } from '@veche/protocol'

const VERSION = 1
const SEED_BYTES = 16
const CHECKSUM_BYTES = 3
const CHARACTERS = 32

/** 16 bytes. */
export function createLinkingSeed(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SEED_BYTES))
}

export function formatLinkingCode(seed: Uint8Array): string {
  const body = concatBytes(Uint8Array.of(VERSION), seed)
  return `${CODE_PREFIXES.linking}${base32nopad.encode(concatBytes(body, checksumOf(body))).toLowerCase()}`
}

/** @returns its seed. @throws DecodeError */
export function parseLinkingCode(text: string): Uint8Array {
  const body = codeBody('linking', text.trim())
  if (body === undefined) throw new DecodeError('linking code: a code of another kind')
  if (body.length !== CHARACTERS) throw new DecodeError('linking code: of another length')
  const bytes = decode(body)
  if (bytes[0] !== VERSION) throw new DecodeError('linking code: of another version')
  const end = 1 + SEED_BYTES
  if (!equalBytes(checksumOf(bytes.subarray(0, end)), bytes.subarray(end)))
    throw new DecodeError('linking code: a character is wrong')
  return bytes.slice(1, end)
}

function checksumOf(body: Uint8Array): Uint8Array {
  return sha256(labelled('veche linking code v1', body)).slice(0, CHECKSUM_BYTES)
}

function decode(text: string): Uint8Array {
  try {
    return base32nopad.decode(text.toUpperCase())
  } catch (cause) {
    throw new DecodeError('linking code: a character is wrong', { cause })
  }
}
