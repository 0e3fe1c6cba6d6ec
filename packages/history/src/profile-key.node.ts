/**
 * The profile key of a device whose user gave no passphrase: random, in a file that only this user may read. Who
 * can read the user's files can read the profile; a stolen disk without other encryption too.
 *
 * profile.key: "VECHEPK" || version (1) || kind (1: plain key) || key (32) || first 8 bytes of SHA-256 of all before.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, DecodeError, equalBytes, utf8 } from '@veche/protocol'
import { NodeFiles } from './files.node.ts'
import { importProfileKey, type ProfileKey } from './profile-key.ts'

const NAME = 'profile.key'
const START = concatBytes(utf8('VECHEPK'), Uint8Array.of(1, 1))
const CHECKED_BYTES = START.length + 32

/**
 * Opens the key of the profile in `dir`, or makes one. Called by the holder of the profile's lock.
 * @throws DecodeError when the file is damaged or of a form unknown here; it is never replaced by a new key
 */
export async function openProfileKey(dir: string): Promise<ProfileKey> {
  const files = new NodeFiles(dir)
  const stored = await files.read(NAME)
  if (stored !== undefined) return importProfileKey(decodeKeyFile(stored))
  const key = crypto.getRandomValues(new Uint8Array(32))
  await files.replace(NAME, encodeKeyFile(key))
  return importProfileKey(key)
}

function encodeKeyFile(key: Uint8Array): Uint8Array {
  const checked = concatBytes(START, key)
  return concatBytes(checked, sha256(checked).subarray(0, 8))
}

function decodeKeyFile(bytes: Uint8Array): Uint8Array {
  const isKnown = equalBytes(bytes.subarray(0, START.length), START)
  if (!isKnown) throw new DecodeError('profile key: damaged or of a form that is not known here')
  const key = bytes.subarray(START.length, CHECKED_BYTES)
  if (!equalBytes(encodeKeyFile(key), bytes)) throw new DecodeError('profile key: damaged')
  return key
}
