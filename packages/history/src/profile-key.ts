/**
 * The key over all keys of a profile, and what it wraps. It is a CryptoKey so that a browser can keep it
 * non-extractable; on Node it comes from the file `profile.key`.
 *
 * A wrapped key: version (1) || nonce (12) || AES-256-GCM of 32 bytes || tag (16) = 61 bytes.
 */
import { concatBytes, DecodeError, type Label, labelled } from '@veche/protocol'

declare const brand: unique symbol
/** An AES-GCM key that WebCrypto holds; its name in the DOM is CryptoKey. */
export type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>
export type ProfileKey = AesKey & { readonly [brand]: 'profile key' }

const WRAPPED_BYTES = 61

/** @param bytes 32 */
export async function importProfileKey(bytes: Uint8Array): Promise<ProfileKey> {
  if (bytes.length !== 32) throw new RangeError('a profile key has 32 bytes')
  return (await importAesKey(bytes)) as ProfileKey
}

export function importAesKey(bytes: Uint8Array): Promise<AesKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** @param place what the key belongs to: it opens under the same place only */
export async function wrapKey(
  profileKey: ProfileKey,
  label: Label,
  place: Uint8Array,
  key: Uint8Array,
): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const additionalData = labelled(label, place)
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData },
    profileKey,
    new Uint8Array(key),
  )
  return concatBytes(Uint8Array.of(1), nonce, new Uint8Array(sealed))
}

/** @throws DecodeError when it is damaged, belongs elsewhere, or the profile key is another */
export async function unwrapKey(
  profileKey: ProfileKey,
  label: Label,
  place: Uint8Array,
  wrapped: Uint8Array,
): Promise<Uint8Array> {
  if (wrapped.length !== WRAPPED_BYTES || wrapped[0] !== 1) throw new DecodeError('wrapped key: malformed')
  const additionalData = labelled(label, place)
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: wrapped.slice(1, 13), additionalData },
      profileKey,
      wrapped.slice(13),
    )
    return new Uint8Array(opened)
  } catch (cause) {
    throw new DecodeError('wrapped key: not authentic under this profile key', { cause })
  }
}
