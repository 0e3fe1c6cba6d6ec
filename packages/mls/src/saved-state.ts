/**
 * Groups as bytes. The trees of past epochs share nearly all their nodes, so nodes are written once, in a table,
 * and each tree as indices into it.
 */
import { ChatId, concatBytes, DecodeError } from '@veche/protocol'
import type { ClientState } from 'ts-mls'
import { encode } from 'ts-mls/codec/tlsEncoder.js'
import { decodeGroupContext, encodeGroupContext } from 'ts-mls/groupContext.js'
import { decodeKeySchedule, encodeKeySchedule } from 'ts-mls/keySchedule.js'
import { decodePrivateKeyPath, privateKeyPathEncoder } from 'ts-mls/privateKeyPath.js'
import { decodeNode, encodeNode, type Node, type RatchetTree } from 'ts-mls/ratchetTree.js'
import { decodeSecretTree, secretTreeEncoder } from 'ts-mls/secretTree.js'
import { engineConfig } from './engine.ts'
import { type Group, toGroup } from './group.ts'
import { mapDecodeErrors } from './mls-message.ts'
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

type PastEpoch = ClientState['historicalReceiverData'] extends Map<bigint, infer Epoch> ? Epoch : never

export const encodeSecretTree = encode(secretTreeEncoder)
const encodePrivateKeyPath = encode(privateKeyPathEncoder)
const BLANK = 0

/** Everything but the device's signature key. */
export function saveGroup({ chatId, engine }: Group): Uint8Array {
  const nodes = new NodeTable()
  const past = [...engine.historicalReceiverData].map(([epoch, data]) => encodePastEpoch(epoch, data, nodes))
  const tree = nodes.encodeTree(engine.ratchetTree)
  return sealRecord('group', [
    ChatId.toBytes(chatId),
    encodeGroupContext(engine.groupContext),
    encodeKeySchedule(engine.keySchedule),
    encodeSecretTree(engine.secretTree),
    encodePrivateKeyPath(engine.privatePath),
    engine.confirmationTag,
    tree,
    packList(past),
    packList(nodes.encoded),
  ])
}

/** @throws DecodeError */
export function loadGroup(bytes: Uint8Array): Group {
  const [chatId, context, keySchedule, secretTree, privatePath, confirmationTag, tree, past, table] =
    openRecord('group', bytes, 9)
  const nodes = unpackList(table!).map((node) => decodeWhole(decodeNode, node))
  return toGroup(ChatId.fromBytes(chatId!), {
    groupContext: decodeWhole(decodeGroupContext, context!),
    keySchedule: decodeWhole(decodeKeySchedule, keySchedule!),
    secretTree: decodeWhole(decodeSecretTree, secretTree!),
    ratchetTree: decodeTree(tree!, nodes),
    privatePath: decodeWhole(decodePrivateKeyPath, privatePath!),
    signaturePrivateKey: new Uint8Array(),
    unappliedProposals: {},
    confirmationTag: confirmationTag!,
    historicalReceiverData: new Map(unpackList(past!).map((epoch) => decodePastEpoch(epoch, nodes))),
    groupActiveState: { kind: 'active' },
    clientConfig: engineConfig,
  })
}

/** Collects the distinct nodes of trees that share them. */
class NodeTable {
  readonly encoded: Uint8Array[] = []
  readonly #indices = new Map<Node, number>()

  encodeTree(tree: RatchetTree): Uint8Array {
    return concatBytes(...Array.from(tree, (node) => uint32(node ? this.#indexOf(node) : BLANK)))
  }

  #indexOf(node: Node): number {
    let index = this.#indices.get(node)
    if (index === undefined) {
      index = this.encoded.push(encodeNode(node))
      this.#indices.set(node, index)
    }
    return index
  }
}

function decodeTree(bytes: Uint8Array, nodes: readonly Node[]): RatchetTree {
  return Array.from({ length: bytes.length / 4 }, (_, at) => {
    const index = readUint32(bytes, at * 4)
    if (index > nodes.length) throw new DecodeError('saved group: no such node')
    return index === BLANK ? undefined : nodes[index - 1]
  })
}

function encodePastEpoch(epoch: bigint, data: PastEpoch, nodes: NodeTable): Uint8Array {
  return packList([
    uint64(epoch),
    data.resumptionPsk,
    data.senderDataSecret,
    encodeSecretTree(data.secretTree),
    encodeGroupContext(data.groupContext),
    nodes.encodeTree(data.ratchetTree),
  ])
}

function decodePastEpoch(bytes: Uint8Array, nodes: readonly Node[]): [bigint, PastEpoch] {
  const [epoch, resumptionPsk, senderDataSecret, secretTree, groupContext, tree] = unpackList(bytes)
  if (!tree) throw new DecodeError('saved group: a past epoch is cut short')
  const data = {
    resumptionPsk: resumptionPsk!,
    senderDataSecret: senderDataSecret!,
    secretTree: decodeWhole(decodeSecretTree, secretTree!),
    groupContext: decodeWhole(decodeGroupContext, groupContext!),
    ratchetTree: decodeTree(tree, nodes),
  }
  return [readUint64(epoch!), data]
}

export function decodeWhole<T>(
  decode: (bytes: Uint8Array, offset: number) => [T, number] | undefined,
  bytes: Uint8Array,
): T {
  return mapDecodeErrors('saved group', () => {
    const decoded = decode(bytes, 0)
    return decoded?.[1] === bytes.length ? decoded[0] : undefined
  })
}
