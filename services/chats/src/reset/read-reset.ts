/** What begins a chat anew, from its bytes to its effect: judged as members judge it, by what the server knows of the chat. */
import { beginsLog, decodeChatState, judgeSuccessor } from '@veche/mls/wire'
import { AccountId, type ChatId, equalBytes } from '@veche/protocol'
import { ChatType, type Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, type ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { Code, RpcError } from '@veche/service-kit'
import type { AddedDevice, Judged, NewEntry, Refusal } from '../append/new-entry.ts'
import { decodeCommit, effectOf, findDevices, isOfPair, type MembersCommit } from '../append/read-commit.ts'
import { decodedOr, groupIdOf, refused } from '../append/read-entry.ts'
import type { DeviceNumber } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { type ChatAccounts, findAccountsOf } from '../database/chats.ts'
import { findWholeGroupOf } from '../database/groups.ts'
import { offersNothing, readJoinOffer } from '../groups/join-offer.ts'
import { hasProfile, profileRefusal } from '../groups/read-group-commit.ts'
import { devicesOf } from '../people.ts'
import type { Reset } from './reset-chat.ts'

export type ReadReset =
  | {
      readonly kind: 'reset'
      readonly entry: NewEntry
      readonly creator: AddedDevice
      readonly incarnation: number
    }
  | { readonly kind: 'refused'; readonly reason: Refusal }

/** No group comes so far by commits. */
const MAX_EPOCH = 1n << 48n

/** @throws RpcError NOT_FOUND chat_unknown; INVALID_ARGUMENT state_invalid */
export async function readReset(
  context: Pick<ChatsContext, 'database' | 'people'>,
  reset: Reset,
  device: DeviceNumber,
): Promise<ReadReset> {
  const { frame, handshake } = reset
  const chat = await findAccountsOf(context.database, frame.chatId, device)
  if (!chat) throw new RpcError(Code.NotFound, 'chat_unknown')
  const state = decodedOr(() => decodeChatState(reset.chatState))
  if (!state || !isPossible(reset, state)) throw new RpcError(Code.InvalidArgument, 'state_invalid')
  const read = decodeCommit(frame, handshake)
  if (read.kind === 'refused') return { kind: 'refused', reason: read.reason }
  const { decoded } = read
  if (!isFirst(decoded, frame.chatId, state)) return refused('commit_invalid')
  const devices = await findAll(context, reset, state, decoded)
  if (!devices) return refused('not_allowed')
  const verdict = await judge(context, reset, { state, chat, device, devices })
  if (verdict.kind === 'refused') return verdict
  const { groupId, epoch } = decoded
  const effect = effectOf(decoded, devices.adds, handshake.welcome)
  const commit = { ...effect, ...(verdict.judged && { judged: verdict.judged }) }
  const entry = { ...frame, groupId, epoch, ...bytesOf(handshake), commit }
  return { kind: 'reset', entry, creator: devices.creator, incarnation: state.incarnation }
}

function isPossible({ head, position }: Reset, { incarnation }: ChatState): boolean {
  return incarnation > 0 && beginsLog(position) && position > head
}

/** It adds devices to who is alone in the group, and changes nothing else. */
function isFirst(decoded: MembersCommit, chatId: ChatId, { incarnation }: ChatState): boolean {
  const { groupId, epoch, sender, removes, chatState } = decoded
  const isOfSuccessor = equalBytes(groupId, groupIdOf(chatId, incarnation)) && epoch < MAX_EPOCH
  return isOfSuccessor && sender.leaf === 0 && removes.length === 0 && !chatState
}

function bytesOf({ commit: mlsMessage, profileCiphertext, wrappedProfileKey }: Handshake) {
  return { mlsMessage, contentCiphertext: profileCiphertext, wrappedKey: wrappedProfileKey }
}

interface Devices {
  readonly creator: AddedDevice
  readonly adds: readonly AddedDevice[]
}

/** Undefined where one is not an active device of an account in the state. */
async function findAll(
  { people }: Pick<ChatsContext, 'people'>,
  { frame: { sender } }: Reset,
  { members }: ChatState,
  { adds }: MembersCommit,
): Promise<Devices | undefined> {
  const accounts = await people.find(members.map(({ accountId }) => AccountId.fromBytes(accountId)))
  const own = accounts.get(sender.accountId)
  const creator = own && devicesOf(own).find(({ deviceId }) => deviceId === sender.deviceId)
  const added = findDevices([...accounts.values()], adds)
  return creator && added && { creator, adds: added }
}

type Verdict =
  | { readonly kind: 'judged'; readonly judged?: Judged }
  | { readonly kind: 'refused'; readonly reason: Refusal }

interface Successor {
  readonly state: ChatState
  readonly chat: ChatAccounts
  /** The caller's. */
  readonly device: DeviceNumber
  readonly devices: Devices
}

async function judge(
  { database }: Pick<ChatsContext, 'database'>,
  { frame: { chatId }, handshake }: Reset,
  { state, chat, device, devices: { creator, adds } }: Successor,
): Promise<Verdict> {
  if (chat.type === ChatType.PRIVATE) {
    const pair = chat.accounts.map((accountId) => ({ accountId: AccountId.toBytes(accountId) }))
    const isBare = handshake.profileCiphertext.length + handshake.wrappedProfileKey.length === 0
    if (!isBare || !offersNothing(handshake)) return refused('commit_invalid')
    return isOfPair(state, pair) ? { kind: 'judged' } : refused('not_allowed')
  }
  const last = await findWholeGroupOf(database, chatId, device)
  if (!last || state.kind !== ChatKind.GROUP) return refused('not_allowed')
  const members = [creator, ...adds].map((one, leaf) => ({ ...one, leaf }))
  if (judgeSuccessor({ ...last, chatId }, { chatId, state, members }, creator.accountId))
    return refused('not_allowed')
  const offer = readJoinOffer(handshake, state, state) // what lives goes on
  const isWhole = hasProfile(handshake) && !profileRefusal(state, handshake)
  return isWhole && offer ? { kind: 'judged', judged: { state, offer } } : refused('commit_invalid')
}
