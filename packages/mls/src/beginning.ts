/**
 * What stands in the Welcome of a successor (successor.ts) beside the group: from where on the chat's log goes on. The Welcome's
 * GroupInfo is signed, so it is the word of the device that began the group.
 */
import { create } from '@bufbuild/protobuf'
import { DecodeError, decodeCanonical, encodeMessage } from '@veche/protocol'
import { BeginningSchema } from '@veche/protocol/gen/e2ee/v1/beginning_pb.js'
import type { Extension } from 'ts-mls'

/** GroupInfo extension, private use. */
const BEGINNING_EXTENSION = 0xf0ef
const MAX_BYTES = 64

/** The log of each incarnation of a chat begins at a multiple of it: no device of the one before has come so far. */
export const INCARNATION_STEP = 1n << 20n

export interface Beginning {
  /** The last position that the server still had. */
  readonly kept: bigint
  /** 32 bytes: the log's rolling hash there. */
  readonly keptHash: Uint8Array
  /** Of the commit that begins the group. */
  readonly position: bigint
}

export function beginningExtension(beginning: Beginning): Extension {
  const extensionData = encodeMessage(BeginningSchema, create(BeginningSchema, { ...beginning }))
  decodeBeginning(extensionData)
  return { extensionType: BEGINNING_EXTENSION, extensionData }
}

/** Undefined where there is none. @throws DecodeError */
export function beginningFrom(extensions: readonly Extension[]): Beginning | undefined {
  const extension = extensions.find(({ extensionType }) => extensionType === BEGINNING_EXTENSION)
  return extension && decodeBeginning(extension.extensionData)
}

/** @throws DecodeError */
export function decodeBeginning(bytes: Uint8Array): Beginning {
  const { kept, keptHash, position } = decodeCanonical(BeginningSchema, bytes, MAX_BYTES)
  if (keptHash.length !== 32) throw new DecodeError('beginning: kept_hash has the wrong length')
  if (kept < 1n || position <= kept || !beginsLog(position))
    throw new DecodeError('beginning: at a position that is none')
  return { kept, keptHash, position }
}

/** Whether the log of an incarnation may begin here. */
export function beginsLog(position: bigint): boolean {
  return position > 0n && position % INCARNATION_STEP === 0n
}

/** Where it begins after one that any of its devices may have followed up to about here. */
export function nextBeginning(position: bigint): bigint {
  return (position / INCARNATION_STEP + 2n) * INCARNATION_STEP
}
