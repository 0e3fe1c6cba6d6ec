/** The key of a chat's history, and the keys of its segments that come from it. */
import { DecodeError, type Label, labelled } from '@veche/protocol'
import type { Files } from './files.ts'
import { type AesKey, importAesKey, type ProfileKey, unwrapKey, wrapKey } from './profile-key.ts'

/** Keys of segments only come from it. Its name in the DOM is CryptoKey. */
export type ChatKey = AesKey

/** What a key belongs to: it opens nowhere else. */
export interface KeyPlace {
  readonly label: Label
  readonly owner: Uint8Array
}

/**
 * @param path of the wrapped key
 * @param isNew whether there is nothing yet that a key could have sealed
 * @throws DecodeError
 */
export async function openChatKey(
  files: Files,
  path: string,
  { label, owner }: KeyPlace,
  profileKey: ProfileKey,
  isNew: boolean,
): Promise<ChatKey> {
  const stored = await files.read(path)
  if (stored !== undefined) {
    return importChatKey(await unwrapKey(profileKey, label, owner, stored))
  }
  if (!isNew) throw new DecodeError('history: its key is not there')
  const secret = crypto.getRandomValues(new Uint8Array(32))
  await files.replace(path, await wrapKey(profileKey, label, owner, secret))
  return importChatKey(secret)
}

/**
 * HKDF-SHA-256 (RFC 5869) with the segment's random id as salt: each segment has a key of its own, and so has its
 * index.
 * @param label of the file's form
 */
export async function deriveSegmentKey(
  chatKey: ChatKey,
  label: Label,
  number: number,
  id: Uint8Array,
): Promise<AesKey> {
  const place = new Uint8Array(4)
  new DataView(place.buffer).setUint32(0, number)
  const bits = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(id), info: labelled(label, place) },
    chatKey,
    256,
  )
  return importAesKey(new Uint8Array(bits))
}

async function importChatKey(secret: Uint8Array): Promise<ChatKey> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), 'HKDF', false, ['deriveBits'])
  secret.fill(0)
  return key
}
