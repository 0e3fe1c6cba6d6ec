/**
 * What a member gives along to devices that it lets in anew (replacement.ts): bytes sealed to each one's own key package, in
 * the Welcome and nowhere else. The Welcome's GroupInfo is signed, so they are the committer's.
 */
import { create } from '@bufbuild/protobuf'
import { DecodeError, decodeCanonical, encodeMessage, equalBytes, labelled } from '@veche/protocol'
import { HandoverSchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import type { Extension } from 'ts-mls'
import type { Group, GroupMember } from './group.ts'
import { membersOf } from './group.ts'
import { decodeKeyPackage, keyPackageReference } from './key-package.ts'
import { openSealed, sealTo } from './sealing.ts'

/** GroupInfo extension, private use. */
export const HANDOVER_EXTENSION = 0xf0ee

const MAX_BYTES = 256 * 1024
const MAX_ITEMS = 64

/** Who was in an epoch: the present one, or one of the eight before it; undefined for any other. */
export function membersIn({ engine }: Group, epoch: bigint): readonly GroupMember[] | undefined {
  if (epoch === engine.groupContext.epoch) return membersOf(engine.ratchetTree)
  const past = engine.historicalReceiverData.get(epoch)
  return past && membersOf(past.ratchetTree)
}

/** @returns the extension's data. @throws DecodeError for what is no key package */
export async function sealHandover(
  items: readonly { readonly keyPackage: Uint8Array; readonly text: Uint8Array }[],
): Promise<Uint8Array> {
  const sealed = await Promise.all(
    items.map(async ({ keyPackage, text }) => {
      const decoded = decodeKeyPackage(keyPackage)
      const keyPackageRef = keyPackageReference(decoded)
      return { keyPackageRef, ciphertext: await sealTo(decoded.initKey, infoOf(keyPackageRef), text) }
    }),
  )
  return encodeMessage(HandoverSchema, create(HandoverSchema, { sealed }))
}

/** What is there for who comes in by this key package; undefined where it is nothing that can be opened. */
export async function openHandover(
  extensions: readonly Extension[],
  reference: Uint8Array,
  initPrivateKey: Uint8Array,
): Promise<Uint8Array | undefined> {
  const extension = extensions.find(({ extensionType }) => extensionType === HANDOVER_EXTENSION)
  if (!extension) return undefined
  try {
    const { sealed } = decodeCanonical(HandoverSchema, extension.extensionData, MAX_BYTES)
    if (sealed.length > MAX_ITEMS) return undefined
    const own = sealed.find(({ keyPackageRef }) => equalBytes(keyPackageRef, reference))
    return own && (await openSealed(initPrivateKey, infoOf(reference), own.ciphertext))
  } catch (error) {
    // The chat can be entered without it.
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function infoOf(keyPackageRef: Uint8Array): Uint8Array {
  return labelled('veche handover v1', keyPackageRef)
}
