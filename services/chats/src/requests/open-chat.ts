/**
 * Opens the private chat of a pair: the right is used up, and the chat begins with its first commit, all in one
 * transaction. Sending the same bytes again answers the same; anything else finds that the chat exists.
 */
import { type AccountId, ChatId } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import { type Appended, appendEntries } from '../append/append-entries.ts'
import { repeatedOpening } from '../append/first-entry.ts'
import type { AppendOutcome, NewEntry, Refusal } from '../append/new-entry.ts'
import { readCommit } from '../append/read-commit.ts'
import type { EntryFrame } from '../append/read-entry.ts'
import { type DeviceNumber, deviceKey } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { insertPrivateChat } from '../database/chats.ts'
import { ensureDevices } from '../database/devices.ts'
import { addToInboxes, inboxKinds } from '../database/inbox.ts'
import { insertCreator } from '../database/log.ts'
import { deletePair, findKnownPair, lockKnownPair, type Pair, updatePair } from '../database/pairs.ts'
import { devicesOf, readyDevicesOf } from '../people.ts'
import { applyEvent } from './pair-event.ts'
import { otherOf } from './request-view.ts'
import { nobodyOf } from './requests.ts'

interface Opening {
  readonly frame: EntryFrame
  readonly handshake: Handshake
  readonly creator: Account
  readonly peer: Account
}

type Opened =
  | { readonly kind: 'opened'; readonly appended: Appended; readonly devices: readonly DeviceNumber[] }
  | { readonly kind: 'exists' }

/**
 * @throws RpcError NOT_FOUND request_unknown; ABORTED chat_exists
 * @returns the outcome of appending the first commit
 */
export async function openChat(
  context: ChatsContext,
  frame: EntryFrame,
  handshake: Handshake,
): Promise<AppendOutcome> {
  const { database, people, rosters, hub, arrivals } = context
  const { accountId } = frame.sender
  const pair = await findKnownPair(database, accountId, { chatId: frame.chatId })
  if (!pair) throw new RpcError(Code.NotFound, 'request_unknown')
  if (pair.state.kind === 'open') return repeatedOpening(database, frame, handshake)
  applyEvent(pair, { kind: 'create', by: accountId }, context.clock.nowMs()) // who has no right learns no more
  const accounts = await people.find([accountId, otherOf(pair, accountId)])
  const [creator, peer] = [accounts.get(accountId), accounts.get(otherOf(pair, accountId))]
  if (!creator || !peer) throw new RpcError(Code.NotFound, 'request_unknown')
  const entry = readFirstCommit({ frame, handshake, creator, peer })
  if (entry.kind === 'refused') return entry
  // Who has asked may block before the other allows.
  const blockedBy = await people.blockersAmong([accountId, otherOf(pair, accountId)])
  const opened = await database.transaction((transaction) =>
    open(context, transaction, { frame, handshake, creator, peer, blockedBy }, entry.entry),
  )
  if (opened.kind === 'exists') return repeatedOpening(database, frame, handshake)
  for (const head of opened.appended.heads) rosters.remember(head)
  hub.membershipsChanged(opened.devices)
  hub.stored(opened.appended)
  arrivals.joined(opened.appended.entries)
  return opened.appended.outcomes[0]!
}

/** The first commit adds every device of the other account that can be added, and nothing else. */
function readFirstCommit({ frame, handshake, creator, peer }: Opening) {
  const read = readCommit(frame, handshake, [creator, peer])
  if (read.kind === 'refused') return read
  const { epoch, commit } = read.entry
  const added = new Set(commit!.adds.map(deviceKey))
  const all = new Set(devicesOf(peer).map(deviceKey))
  const hasAll = readyDevicesOf(peer).every((device) => added.has(deviceKey(device)))
  const isWhole = hasAll && [...added].every((device) => all.has(device))
  const first = epoch === 0n && commit!.senderLeaf === 0 && commit!.removes.length === 0
  if (first && added.size > 0 && isWhole) return read
  return { kind: 'refused', reason: 'commit_invalid' } satisfies { kind: 'refused'; reason: Refusal }
}

async function open(
  { keys, rosters, clock }: ChatsContext,
  transaction: Queryable,
  { frame, creator, peer, blockedBy }: Opening & { readonly blockedBy: readonly AccountId[] },
  entry: NewEntry,
): Promise<Opened> {
  const { chatId, sender } = frame
  const nowMs = clock.nowMs()
  await transaction.query('SET LOCAL synchronous_commit = on')
  const pair = await lockKnownPair(transaction, sender.accountId, { chatId })
  if (!pair) throw new RpcError(Code.NotFound, 'request_unknown')
  const open = applyEvent(pair, { kind: 'create', by: sender.accountId }, nowMs)
  if (open === pair) return { kind: 'exists' }
  const own = devicesOf(creator).find(({ deviceId }) => deviceId === sender.deviceId)
  if (!own) throw new RpcError(Code.Unauthenticated, 'token_invalid')
  const { signatureKey } = own
  const numbers = await ensureDevices(transaction, [...devicesOf(creator), ...devicesOf(peer), sender])
  const device = numbers.get(deviceKey(sender))!
  await insertPrivateChat(transaction, {
    chatId,
    accounts: [pair.asker, pair.asked],
    dataKey: (await keys.create(transaction, chatId)).id,
    blockedBy,
  })
  await insertCreator(transaction, chatId, { ...sender, device, signatureKey })
  const appended = await appendEntries(transaction, [entry], { keys, rosters, nowMs })
  const [outcome] = appended.outcomes
  if (outcome?.kind !== 'stored') throw new RpcError(Code.InvalidArgument, 'commit_invalid')
  const told = [...numbers.values()].filter((number) => number !== device)
  const subject = ChatId.toBytes(chatId)
  await addToInboxes(
    transaction,
    told.map((number) => ({ device: number, kind: inboxKinds.chatOpened, subject })),
    nowMs,
  )
  await updatePair(transaction, open)
  await forgetRequestsToNobody(transaction, pair)
  return { kind: 'opened', appended, devices: [...numbers.values()] }
}

/** Either may have asked for the other's handle while the other could not be found by it. */
async function forgetRequestsToNobody(transaction: Queryable, pair: Pair): Promise<void> {
  await deletePair(transaction, pair.asker, nobodyOf(pair.askedHandle))
  await deletePair(transaction, pair.asked, nobodyOf(pair.askerHandle))
}
