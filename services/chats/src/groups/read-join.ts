/**
 * The external commit of one who joins by an invite link (A5), from its bytes to its effect. The members' own code judges
 * it, the proof of the invite included; what only the server knows comes on top: whether the leaf is that of the device
 * that calls, and, in the append transaction, on what terms the invite lives.
 */
import { type Handshake as DecodedHandshake, readHandshake, readInviteId } from '@veche/mls/wire'
import { equalBytes } from '@veche/protocol'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { AddedDevice } from '../append/new-entry.ts'
import { findDevices, handshakeBytes } from '../append/read-commit.ts'
import { decodedOr, type EntryFrame, hasMessageId, type ReadEntry, refused } from '../append/read-entry.ts'
import type { ChatsContext } from '../context.ts'
import { findWholeGroup } from '../database/groups.ts'
import { MAX_HANDSHAKE_BYTES } from '../limits.ts'
import { readJoinOffer } from './join-offer.ts'
import { hasProfile, profileRefusal, verdictOn } from './read-group-commit.ts'

type Context = Pick<ChatsContext, 'database' | 'people'>

interface Join {
  readonly groupId: Uint8Array
  readonly epoch: bigint
  readonly inviteId: Uint8Array
  readonly joiner: AddedDevice
}

export async function readJoin(
  context: Context,
  frame: EntryFrame,
  handshake: Handshake,
): Promise<ReadEntry> {
  if (!hasMessageId(frame)) return refused('entry_invalid')
  const join = await decodeJoin(context, frame, handshake)
  if (!join) return refused('commit_invalid')
  const group = await findWholeGroup(context.database, frame.chatId)
  if (!group) return refused('invite_unknown')
  const { commit: mlsMessage, profileCiphertext, wrappedProfileKey, welcome } = handshake
  const { groupId, epoch, inviteId, joiner } = join
  const bytes = { mlsMessage, contentCiphertext: profileCiphertext, wrappedKey: wrappedProfileKey }
  const entry = { ...frame, groupId, epoch, ...bytes }
  const revoked = new Set<string>()
  const { state } = group
  const invite = state.invites.find(({ id }) => equalBytes(id, inviteId))
  const joins = { inviteId, withHistory: invite?.withHistory ?? false }
  const effect = { senderLeaf: undefined, joins, adds: [joiner], removes: [], revoked, welcome }
  if (epoch !== group.epoch) return { kind: 'entry', entry: { ...entry, commit: effect } }
  if (!invite) return refused('invite_unknown')
  const reason = (await verdictOn(mlsMessage, frame, group)) ?? profileRefusal(state, handshake)
  if (reason) return refused(reason)
  const offer = readJoinOffer(handshake, state, state)
  if (!offer) return refused('commit_invalid')
  return { kind: 'entry', entry: { ...entry, commit: { ...effect, judged: { state, offer } } } }
}

/** Undefined for anything but an external commit, for this chat, of the very device that sends it. */
async function decodeJoin(
  { people }: Context,
  { sender }: EntryFrame,
  handshake: Handshake,
): Promise<Join | undefined> {
  if (handshakeBytes(handshake) > MAX_HANDSHAKE_BYTES || !hasProfile(handshake)) return undefined
  const decoded = decodedOr(() => readHandshake(handshake.commit))
  const inviteId = decoded && decodedOr(() => readInviteId(handshake.commit))
  if (!decoded || !inviteId) return undefined
  if (decoded.sender.kind !== 'external' || !doesNothingElse(decoded, handshake)) return undefined
  const account = (await people.find([sender.accountId])).get(sender.accountId)
  const [joiner] = (account && findDevices([account], [decoded.sender])) ?? []
  const { groupId, epoch } = decoded
  return joiner?.deviceId === sender.deviceId ? { groupId, epoch, inviteId, joiner } : undefined
}

function doesNothingElse({ refusedProposals, adds, removes, chatState }: DecodedHandshake, sent: Handshake) {
  const changes =
    adds.length + removes.length + sent.welcome.length + sent.inviteTerms.length + sent.admissions.length
  return !refusedProposals && changes === 0 && !chatState && !sent.publication
}
