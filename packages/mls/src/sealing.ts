/**
 * HPKE in base mode (RFC 9180) with the suite's algorithms, for what is sealed to a key outside of any group: to an
 * invite's, or an account's backup key. Sealed bytes are `enc` (32 bytes) and the ciphertext (16 longer than the text).
 */
import { concatBytes, DecodeError } from '@veche/protocol'
import { suite } from './provider.ts'

const ENC_BYTES = 32

/** `info` says what is sealed, and for what; who opens must name the same. */
export async function sealTo(publicKey: Uint8Array, info: Uint8Array, text: Uint8Array): Promise<Uint8Array> {
  const { enc, ct } = await suite.hpke.seal(await suite.hpke.importPublicKey(publicKey), text, info)
  return concatBytes(enc, ct)
}

/** @throws DecodeError when it was not sealed to this key, or not for this purpose */
export async function openSealed(
  privateKey: Uint8Array,
  info: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array> {
  const key = await suite.hpke.importPrivateKey(privateKey)
  try {
    return await suite.hpke.open(key, sealed.slice(0, ENC_BYTES), sealed.slice(ENC_BYTES), info)
  } catch (cause) {
    throw new DecodeError('sealed bytes: not for this key and purpose', { cause })
  }
}
