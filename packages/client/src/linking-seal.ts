/** What two devices tell each other through the server when one lets the other into its account (docs/wire/linking.md). */
import { create } from '@bufbuild/protobuf'
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { openSealed, sealTo } from '@veche/mls'
import {
  concatBytes,
  DecodeError,
  decodeCanonical,
  encodeMessage,
  type Label,
  labelled,
} from '@veche/protocol'
import {
  type LinkingAnswer,
  LinkingAnswerSchema,
  LinkingOfferSchema,
} from '@veche/protocol/gen/e2ee/v1/linking_pb.js'
import { openAesGcm, sealAesGcm } from '@veche/sync'
import { derive, x25519PublicKeyOf } from './account-keys.ts'

/** What follows from the code's seed. */
export interface Linking {
  /** 16 bytes. */
  readonly seed: Uint8Array
  /** 16 bytes: by which the server knows it. */
  readonly id: Uint8Array
  /** 32 bytes. */
  readonly key: Uint8Array
}

/** The new device's key for one linking. */
export interface EphemeralKey {
  /** 32 bytes each, X25519. */
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

export type AnswerContent = Pick<
  LinkingAnswer,
  'loginToken' | 'accountId' | 'accountSecret' | 'handle' | 'serverIdentityKey'
>

type Purpose = Extract<Label, 'veche linking offer v1' | 'veche linking answer v1'>

const VERSION = 1
const ID_BYTES = 16
const KEY_BYTES = 32
const NONCE_BYTES = 12
const MAX_BYTES = 4096
/** 32 MiB and tenths of a second: who would try a million keys for the same digits has five minutes. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, dkLen: 8 }
const DIGITS = 6

/** @param seed 16 bytes */
export function linkingOf(seed: Uint8Array): Linking {
  const id = derive(seed, 'veche linking id v1').slice(0, ID_BYTES)
  return { seed, id, key: derive(seed, 'veche linking seal key v1') }
}

export async function createEphemeralKey(): Promise<EphemeralKey> {
  const privateKey = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return { privateKey, publicKey: await x25519PublicKeyOf(privateKey) }
}

export function sealOffer(linking: Linking, ephemeralKey: Uint8Array): Promise<Uint8Array> {
  const offer = create(LinkingOfferSchema, { version: VERSION, ephemeralKey })
  return seal(linking, 'veche linking offer v1', encodeMessage(LinkingOfferSchema, offer))
}

/** @returns the new device's ephemeral key. @throws DecodeError unless who made it knows the code */
export async function openOffer(linking: Linking, sealed: Uint8Array): Promise<Uint8Array> {
  const bytes = await open(linking, 'veche linking offer v1', sealed)
  const { version, ephemeralKey } = decodeCanonical(LinkingOfferSchema, bytes, MAX_BYTES)
  if (version !== VERSION || ephemeralKey.length !== KEY_BYTES)
    throw new DecodeError('linking offer: malformed')
  return ephemeralKey
}

/** Six, for the user to compare on both devices. */
export async function digitsOf({ seed }: Linking, ephemeralKey: Uint8Array): Promise<string> {
  const stretched = await scryptAsync(seed, labelled('veche linking digits v1', ephemeralKey), SCRYPT)
  const number = new DataView(stretched.buffer, stretched.byteOffset).getBigUint64(0)
  return String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0')
}

export async function sealAnswer(
  linking: Linking,
  ephemeralKey: Uint8Array,
  content: AnswerContent,
): Promise<Uint8Array> {
  const answer = encodeMessage(
    LinkingAnswerSchema,
    create(LinkingAnswerSchema, { ...content, version: VERSION }),
  )
  try {
    const inner = await sealTo(ephemeralKey, infoOf(linking), answer)
    return await seal(linking, 'veche linking answer v1', inner)
  } finally {
    answer.fill(0)
  }
}

/** The caller wipes the secret in it. @throws DecodeError unless it was sealed to this device for this linking */
export async function openAnswer(
  linking: Linking,
  { privateKey }: Pick<EphemeralKey, 'privateKey'>,
  sealed: Uint8Array,
): Promise<LinkingAnswer> {
  const inner = await open(linking, 'veche linking answer v1', sealed)
  const bytes = await openSealed(privateKey, infoOf(linking), inner)
  const answer = decodeCanonical(LinkingAnswerSchema, bytes, MAX_BYTES)
  const { version, loginToken, accountId, accountSecret, serverIdentityKey } = answer
  const isWhole = [loginToken, accountId, accountSecret, serverIdentityKey].every(
    ({ length }) => length === KEY_BYTES,
  )
  if (version !== VERSION || !isWhole) throw new DecodeError('linking answer: malformed')
  return answer
}

async function seal(linking: Linking, purpose: Purpose, text: Uint8Array): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  return concatBytes(nonce, await sealAesGcm({ ...parametersOf(linking, purpose), nonce }, text))
}

function open(linking: Linking, purpose: Purpose, sealed: Uint8Array): Promise<Uint8Array> {
  if (sealed.length > MAX_BYTES) throw new DecodeError('linking: too long')
  const nonce = sealed.slice(0, NONCE_BYTES)
  if (nonce.length < NONCE_BYTES) throw new DecodeError('linking: too short')
  return openAesGcm({ ...parametersOf(linking, purpose), nonce }, sealed.slice(NONCE_BYTES))
}

function infoOf({ id }: Linking): Uint8Array {
  return labelled('veche linking answer key v1', id)
}

function parametersOf({ id, key }: Linking, purpose: Purpose) {
  return { key, associatedData: labelled(purpose, id) }
}
