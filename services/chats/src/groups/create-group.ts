/**
 * Creates a group: its row, its state, its creator's leaf and its first commit, all in one transaction. Sending the same
 * bytes again answers the same; anything else finds that the chat exists.
 */
import { decodeChatState } from '@veche/mls/wire'
import { AccountId, ChatId } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import { type Appended, appendEntries } from '../append/append-entries.ts'
import { repeatedOpening } from '../append/first-entry.ts'
import type { AddedDevice, AppendOutcome, NewEntry } from '../append/new-entry.ts'
import { decodedOr, type EntryFrame, type ReadEntry, refused } from '../append/read-entry.ts'
import { type DeviceNumber, deviceKey } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { insertGroupChat, isTaken } from '../database/chats.ts'
import { ensureDevices } from '../database/devices.ts'
import { insertGroup } from '../database/groups.ts'
import { addToInboxes, inboxKinds } from '../database/inbox.ts'
import { findFirstEntry, insertCreator } from '../database/log.ts'
import { devicesOf } from '../people.ts'
import { readGroupCommit } from './read-group-commit.ts'

export interface NewGroup {
  readonly frame: EntryFrame
  /** ChatState bytes. */
  readonly chatState: Uint8Array
  readonly handshake: Handshake
}

interface Creation {
  readonly entry: NewEntry
  readonly state: ChatState
  readonly creator: AddedDevice
  /** The creator's. */
  readonly account: Account
}

interface Created {
  readonly appended: Appended
  readonly devices: readonly DeviceNumber[]
}

const PROFILE_HASH_BYTES = 32

/**
 * @throws RpcError INVALID_ARGUMENT state_invalid; ABORTED chat_exists
 * @returns the outcome of appending the first commit
 */
export async function createGroup(context: ChatsContext, group: NewGroup): Promise<AppendOutcome> {
  const { database, people, rosters, hub, arrivals } = context
  const { frame, handshake } = group
  if (await findFirstEntry(database, frame.chatId)) return repeatedOpening(database, frame, handshake)
  const { accountId, deviceId } = frame.sender
  const state = decodedOr(() => decodeChatState(group.chatState))
  if (!state || !isFirstState(state, accountId)) throw new RpcError(Code.InvalidArgument, 'state_invalid')
  const account = (await people.find([accountId])).get(accountId)
  const creator = account && devicesOf(account).find((device) => device.deviceId === deviceId)
  if (!creator) throw new RpcError(Code.Unauthenticated, 'token_invalid')
  const read = await readFirstCommit(context, group, state, creator)
  if (read.kind === 'refused') return read
  const creation = { entry: read.entry, state, creator, account }
  const created = await database.transaction((transaction) => create(context, transaction, creation))
  if (!created) return repeatedOpening(database, frame, handshake)
  for (const head of created.appended.heads) rosters.remember(head)
  hub.membershipsChanged(created.devices)
  hub.stored(created.appended)
  arrivals.joined(created.appended.entries)
  return created.appended.outcomes[0]!
}

/** The creator is its one member and owner, and nothing has happened yet. */
function isFirstState(state: ChatState, creator: AccountId): boolean {
  const { kind, policyVersion, members, revokedDevices, bannedAccounts, invites } = state
  const [owner] = members
  return (
    kind === ChatKind.GROUP &&
    policyVersion === 1 &&
    members.length === 1 &&
    owner!.role === Role.OWNER &&
    AccountId.fromBytes(owner!.accountId) === creator &&
    revokedDevices.length + bannedAccounts.length + invites.length === 0 &&
    state.incarnation === 0 &&
    state.profileHash.length === PROFILE_HASH_BYTES
  )
}

/** The first commit adds other devices of the creator, if any, and changes nothing else. */
async function readFirstCommit(
  context: ChatsContext,
  { frame, handshake }: NewGroup,
  state: ChatState,
  creator: AddedDevice,
): Promise<ReadEntry> {
  const group = { epoch: 0n, state, members: [{ ...creator, leaf: 0 }] }
  const read = await readGroupCommit(context, frame, handshake, group)
  if (read.kind === 'refused') return read
  const { epoch, commit } = read.entry
  const isFirst = epoch === 0n && commit!.senderLeaf === 0 && !commit!.judged?.state
  return isFirst ? read : refused('commit_invalid')
}

/** @returns undefined where the chat id is taken */
async function create(
  { keys, rosters, clock }: ChatsContext,
  transaction: Queryable,
  { entry, state, creator, account }: Creation,
): Promise<Created | undefined> {
  const { chatId } = entry
  const nowMs = clock.nowMs()
  await transaction.query('SET LOCAL synchronous_commit = on')
  if (await isTaken(transaction, chatId)) return undefined
  const numbers = await ensureDevices(transaction, devicesOf(account))
  const device = numbers.get(deviceKey(creator))!
  await insertGroupChat(transaction, chatId, (await keys.create(transaction, chatId)).id)
  await insertGroup(transaction, chatId, state, creator.accountId)
  await insertCreator(transaction, chatId, { ...creator, device })
  const appended = await appendEntries(transaction, [entry], { keys, rosters, nowMs })
  if (appended.outcomes[0]?.kind !== 'stored') throw new RpcError(Code.InvalidArgument, 'commit_invalid')
  const told = [...numbers.values()].filter((number) => number !== device)
  const subject = ChatId.toBytes(chatId)
  await addToInboxes(
    transaction,
    told.map((number) => ({ device: number, kind: inboxKinds.chatOpened, subject })),
    nowMs,
  )
  return { appended, devices: [...numbers.values()] }
}
