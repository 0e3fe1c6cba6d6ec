/**
 * History keys for who joins by a link "with history" (M13, M15): each commit hands on those of the time before, sealed to
 * the links that live. Format: proto/veche/e2ee/v1/invite_history.proto.
 *
 * Only the link opens a page, so members who came without history learn nothing by what is there. The server can seal to a
 * link, too: therefore a page carries a proof that takes the invite's member key, which the server has not (A5). A page that
 * is missing is a gap in what is read; one that is false is passed over.
 */
import { create } from '@bufbuild/protobuf'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { inviteMemberKey, inviteSealingPrivateKey, openSealed, sealTo } from '@veche/mls'
import {
  ChatId,
  concatBytes,
  DecodeError,
  decodeMessage,
  encodeMessage,
  equalBytes,
  labelled,
} from '@veche/protocol'
import type { Invite } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import {
  type HistoryKeyRun,
  HistoryKeyRunSchema,
  InviteHistorySchema,
} from '@veche/protocol/gen/e2ee/v1/invite_history_pb.js'

export interface EpochKey {
  readonly epoch: bigint
  /** 32 bytes. */
  readonly key: Uint8Array
}

const KEY_BYTES = 32
const PROOF_BYTES = 32
/** What the server takes, less enc, proof and tag. */
const MAX_BYTES = 256 * 1024 - 80
/** What a run takes beside its keys, at most. */
const RUN_BYTES = 20
/** Far more than a log has: what is added to it stays a number. */
const MAX_EPOCH = 2n ** 62n

/** Where they do not all fit, about 8,000, the newest. @param memberKey 32 bytes. @returns a page, 256 KiB at most */
export async function sealHistoryPage(
  chatId: ChatId,
  { id, sealingKey }: Pick<Invite, 'id' | 'sealingKey'>,
  memberKey: Uint8Array,
  keys: readonly EpochKey[],
): Promise<Uint8Array> {
  const history = encodeMessage(InviteHistorySchema, create(InviteHistorySchema, { runs: runsOf(keys) }))
  const text = concatBytes(prove(chatId, id, memberKey, history), history)
  return sealTo(sealingKey, purposeOf(chatId, id), text)
}

/** Opens pages for who holds a link. @throws DecodeError for one that nobody made who knows the invite's member key */
export async function createPageOpener(
  chatId: ChatId,
  { inviteId, seed }: { readonly inviteId: Uint8Array; readonly seed: Uint8Array },
): Promise<(page: Uint8Array) => Promise<EpochKey[]>> {
  const privateKey = await inviteSealingPrivateKey(seed)
  const memberKey = inviteMemberKey(seed)
  return async (page) => {
    if (page.length > MAX_BYTES + 80) throw new DecodeError('invite history: too long')
    const text = await openSealed(privateKey, purposeOf(chatId, inviteId), page)
    const [proof, history] = [text.slice(0, PROOF_BYTES), text.slice(PROOF_BYTES)]
    if (!equalBytes(proof, prove(chatId, inviteId, memberKey, history)))
      throw new DecodeError('invite history: of nobody in the group')
    return decodeMessage(InviteHistorySchema, history, MAX_BYTES).runs.flatMap(keysOf)
  }
}

/** Of an epoch without a gap to the one before in one run, from the newest backwards as many as fit. */
function runsOf(keys: readonly EpochKey[]): HistoryKeyRun[] {
  const runs: { first: bigint; keys: Uint8Array[] }[] = []
  let bytes = 0
  for (const { epoch, key } of keys.toSorted((a, b) =>
    a.epoch > b.epoch ? -1 : a.epoch < b.epoch ? 1 : 0,
  )) {
    const run = runs.at(-1)
    const isNext = run?.first === epoch + 1n
    bytes += KEY_BYTES + (isNext ? 0 : RUN_BYTES)
    if (bytes > MAX_BYTES) break
    if (isNext) {
      run.first = epoch
      run.keys.push(key)
    } else runs.push({ first: epoch, keys: [key] })
  }
  return runs.map(({ first, keys }) =>
    create(HistoryKeyRunSchema, { firstEpoch: first, keys: concatBytes(...keys.reverse()) }),
  )
}

function keysOf({ firstEpoch, keys }: HistoryKeyRun): EpochKey[] {
  if (keys.length % KEY_BYTES !== 0 || firstEpoch > MAX_EPOCH)
    throw new DecodeError('invite history: a run of no epochs')
  return Array.from({ length: keys.length / KEY_BYTES }, (_, index) => ({
    epoch: firstEpoch + BigInt(index),
    key: keys.slice(index * KEY_BYTES, (index + 1) * KEY_BYTES),
  }))
}

function prove(chatId: ChatId, inviteId: Uint8Array, memberKey: Uint8Array, history: Uint8Array): Uint8Array {
  const place = [ChatId.toBytes(chatId), inviteId, sha256(history)]
  return hmac(sha256, memberKey, labelled('veche invite history proof v1', ...place))
}

function purposeOf(chatId: ChatId, inviteId: Uint8Array): Uint8Array {
  return labelled('veche invite history v1', ChatId.toBytes(chatId), inviteId)
}
