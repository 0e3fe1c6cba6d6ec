/**
 * What one message changed: a few entries of one epoch's secret tree. The journal keeps deltas between two whole
 * records of a group; applied in order, they give the same group.
 */
import { concatBytes, DecodeError } from '@veche/protocol'
import type { ClientState } from 'ts-mls'
import { decodeSecretTree, type SecretTree } from 'ts-mls/secretTree.js'
import type { Group } from './group.ts'
import {
  openRecord,
  packList,
  readUint32,
  readUint64,
  sealRecord,
  uint32,
  uint64,
  unpackList,
} from './record.ts'
import { decodeWhole, encodeSecretTree } from './saved-state.ts'

/** The difference between the same epoch's secret tree in two states; entries are never changed in place. */
export function deltaBetween(epoch: bigint, before: ClientState, after: ClientState): Uint8Array {
  const [old, fresh] = [secretTreeOf(before, epoch)!, secretTreeOf(after, epoch)!]
  const changed: Uint8Array[] = []
  for (const [index, entry] of fresh.entries()) {
    if (entry !== old[index]) changed.push(concatBytes(uint32(index), encodeSecretTree([entry])))
  }
  return sealRecord('delta', [uint64(epoch), packList(changed)])
}

/** @throws DecodeError for a delta that is malformed or of an epoch that the group does not hold */
export function applyDelta(group: Group, delta: Uint8Array): Group {
  const [epochBytes, changed] = openRecord('delta', delta, 2)
  const epoch = readUint64(epochBytes!)
  const tree = secretTreeOf(group.engine, epoch)?.slice()
  if (!tree) throw new DecodeError('delta: of an epoch that is not held')
  for (const change of unpackList(changed!)) {
    const index = readUint32(change)
    if (index >= tree.length) throw new DecodeError('delta: beyond the tree')
    tree[index] = decodeWhole(decodeSecretTree, change.subarray(4))[0]
  }
  return { ...group, engine: withSecretTree(group.engine, epoch, tree) }
}

export function secretTreeOf(engine: ClientState, epoch: bigint): SecretTree | undefined {
  return epoch === engine.groupContext.epoch
    ? engine.secretTree
    : engine.historicalReceiverData.get(epoch)?.secretTree
}

function withSecretTree(engine: ClientState, epoch: bigint, secretTree: SecretTree): ClientState {
  if (epoch === engine.groupContext.epoch) return { ...engine, secretTree }
  const past = new Map(engine.historicalReceiverData)
  past.set(epoch, { ...past.get(epoch)!, secretTree })
  return { ...engine, historicalReceiverData: past }
}
