/**
 * Begins a chat anew: in one transaction its group id is closed, and the first commit of the successor stored, where the log
 * goes on. Of several at once one is first, the others find that the head has moved. Sending the same bytes again answers
 * the same.
 */
import type { AccountId } from '@veche/protocol'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, type Queryable, RpcError } from '@veche/service-kit'
import { type Appended, appendEntries } from '../append/append-entries.ts'
import type { AppendOutcome } from '../append/new-entry.ts'
import type { EntryFrame } from '../append/read-entry.ts'
import { type DeviceNumber, deviceKey } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findDevice } from '../database/devices.ts'
import { beginIncarnation, keepAcknowledged } from '../database/incarnations.ts'
import { findStored, insertMembers, lockHeads, readRosters } from '../database/log.ts'
import { type ReadReset, readReset } from './read-reset.ts'

export interface Reset {
  readonly frame: EntryFrame
  /** The log's, as the caller knows it. */
  readonly head: bigint
  /** Where the log is to go on. */
  readonly position: bigint
  /** ChatState bytes. */
  readonly chatState: Uint8Array
  readonly handshake: Handshake
}

/**
 * @throws RpcError NOT_FOUND chat_unknown; INVALID_ARGUMENT state_invalid
 * @returns the outcome of storing the commit
 */
export async function resetChat(context: ChatsContext, reset: Reset): Promise<AppendOutcome> {
  const { database, rosters, hub, arrivals } = context
  const { frame } = reset
  const device = await findDevice(database, frame.sender)
  if (device === undefined) throw new RpcError(Code.NotFound, 'chat_unknown')
  const stored = await findOutcome(database, reset, device)
  if (stored) return stored
  const read = await readReset(context, reset, device)
  if (read.kind === 'refused') return read
  const begun = await database.transaction((transaction) => begin(context, transaction, reset, read, device))
  // The same bytes may have come twice at once.
  if (!begun)
    return (await findOutcome(database, reset, device)) ?? { kind: 'refused', reason: 'epoch_conflict' }
  for (const head of begun.appended.heads) rosters.remember(head)
  hub.membershipsChanged(begun.devices)
  hub.stored(begun.appended)
  arrivals.joined(begun.appended.entries, begun.accounts)
  return begun.appended.outcomes[0]!
}

/** Of bytes that were stored before. */
async function findOutcome(
  database: Queryable,
  { frame: { chatId, messageId } }: Reset,
  device: DeviceNumber,
): Promise<AppendOutcome | undefined> {
  const [stored] = await findStored(database, [{ chatId, device, messageId }])
  return stored && { kind: 'stored', position: stored.position, receivedAtMs: stored.receivedAtMs }
}

interface Begun {
  readonly appended: Appended
  /** Who is in the successor. */
  readonly devices: readonly DeviceNumber[]
  /** Who was in the group before: their devices that are left out come in later. */
  readonly accounts: readonly AccountId[]
}

/** @returns undefined where another was first */
async function begin(
  { keys, rosters, clock }: ChatsContext,
  transaction: Queryable,
  { frame: { chatId, sender }, head, position }: Reset,
  { entry, creator, incarnation }: Extract<ReadReset, { kind: 'reset' }>,
  device: DeviceNumber,
): Promise<Begun | undefined> {
  await transaction.query('SET LOCAL synchronous_commit = on')
  const [present] = await lockHeads(transaction, [chatId])
  const isNext = present?.position === head && present.incarnation + 1 === incarnation
  if (!isNext || entry.epoch <= present.epoch) return undefined
  const roster = (await readRosters(transaction, [chatId])).get(chatId)!
  if (!roster.has(deviceKey(sender))) throw new RpcError(Code.NotFound, 'chat_unknown')
  const next = { incarnation, head: position - 1n, epoch: entry.epoch }
  const before = await beginIncarnation(transaction, chatId, next)
  const { signatureKey } = creator
  await insertMembers(transaction, chatId, [
    { ...sender, device, leaf: 0, since: position - 1n, signatureKey },
  ])
  const appended = await appendEntries(transaction, [entry], { keys, rosters, nowMs: clock.nowMs() })
  if (appended.outcomes[0]?.kind !== 'stored') throw new RpcError(Code.InvalidArgument, 'commit_invalid')
  await keepAcknowledged(transaction, chatId, before)
  const added = appended.entries[0]!.membership?.added ?? []
  const accounts = new Set([...roster.values()].map(({ accountId }) => accountId))
  return { appended, devices: [device, ...added.map((member) => member.device)], accounts: [...accounts] }
}
