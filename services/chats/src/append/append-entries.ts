/**
 * One transaction that adds entries to the logs of any number of chats: heads locked in the order of chat ids,
 * repeats answered from the log, the rest placed one after the other, everything written by a handful of
 * set-based statements. A Welcome reaches inboxes only with the commit that won (A8).
 *
 * It runs again from the start after a deadlock or serialization failure, so it changes nothing but the database.
 */
import { ChatId, equalBytes } from '@veche/protocol'
import type { DataKey, Queryable } from '@veche/service-kit'
import { ensureDevices } from '../database/devices.ts'
import { updateGroup } from '../database/groups.ts'
import { addToInboxes, inboxKinds, type NewInboxItem } from '../database/inbox.ts'
import { insertHistoryPages } from '../database/invite-history.ts'
import { countUse, findInvites, replaceInvites, replaceJoinOffer } from '../database/invites.ts'
import { endDeadRequests } from '../database/join-requests.ts'
import {
  changeMembers,
  findStored,
  type HeadRow,
  insertEntries,
  lockHeads,
  type StoredMessage,
} from '../database/log.ts'
import { publishGroup } from '../database/open-groups.ts'
import { insertWelcomes, type NewWelcome } from '../database/welcomes.ts'
import { inviteRefusal } from '../groups/invite-refusal.ts'
import type { ChatKeys } from './chat-keys.ts'
import type { Admission, AppendOutcome, NewEntry } from './new-entry.ts'
import { ChatSealing, encodeWelcome } from './payload.ts'
import { type LogHead, type PlacedEntry, placeEntry } from './place-entry.ts'
import { type DeviceNumber, deviceKey, type Roster } from './roster.ts'
import type { Rosters } from './rosters.ts'

export interface Appended {
  /** One for each entry, in the order given. */
  readonly outcomes: readonly AppendOutcome[]
  /** What is new in the logs, in the order of positions in each chat. */
  readonly entries: readonly PlacedEntry[]
  /** The heads after it, of the chats that have new entries. */
  readonly heads: readonly LogHead[]
  readonly receivedAtMs: number
  /** People are to be told of requests that have ended by it. */
  readonly hasNotices?: boolean
}

export async function appendEntries(
  transaction: Queryable,
  entries: readonly NewEntry[],
  { keys, rosters, nowMs }: { keys: ChatKeys; rosters: Rosters; nowMs: number },
): Promise<Appended> {
  const rows = await lockHeads(transaction, [...new Set(entries.map(({ chatId }) => chatId))])
  const heads = await openHeads(transaction, rows, rosters)
  const stored = await findRepeated(transaction, entries, heads)
  const numbers = await ensureDevices(
    transaction,
    entries.flatMap(({ commit }) => commit?.adds ?? []),
  )
  const invites = await findUsedInvites(transaction, entries)
  const placed: PlacedEntry[] = []
  const outcomes = entries.map((entry): AppendOutcome => {
    const head = heads.get(entry.chatId)
    const sender = head?.roster.get(deviceKey(entry.sender))
    const device = sender?.device ?? (entry.commit?.joins && numbers.get(deviceKey(entry.sender)))
    if (!head || device === undefined) return { kind: 'refused', reason: 'chat_unknown' }
    const key = messageKey(entry.chatId, device, entry.messageId)
    const repeated = sender && stored.get(key)
    if (repeated) return repeated
    const placement = placeEntry(head, entry, numbers)
    if (placement.kind === 'refused') return placement
    const reason = useRefusal(head, entry, invites, nowMs)
    if (reason) return { kind: 'refused', reason }
    const outcome = {
      kind: 'stored',
      position: placement.entry.position,
      receivedAtMs: BigInt(nowMs),
    } as const
    heads.set(entry.chatId, placement.head)
    placed.push(placement.entry)
    stored.set(key, outcome)
    return outcome
  })
  const moved = movedHeads(rows, heads)
  const hasNotices = await write(transaction, { placed, moved, rows, keys, nowMs })
  return { outcomes, entries: placed, heads: moved, receivedAtMs: nowMs, hasNotices }
}

async function openHeads(
  transaction: Queryable,
  rows: readonly HeadRow[],
  rosters: Rosters,
): Promise<Map<ChatId, LogHead>> {
  const byChat = await rosters.ofLocked(transaction, rows)
  return new Map(rows.map((row) => [row.chatId, { ...row, ...byChat.get(row.chatId)! }]))
}

/** Asked with the heads locked: what is not there now cannot come from elsewhere meanwhile. */
async function findRepeated(
  transaction: Queryable,
  entries: readonly NewEntry[],
  heads: ReadonlyMap<ChatId, LogHead>,
): Promise<Map<string, AppendOutcome & { kind: 'stored' }>> {
  const keys = entries.flatMap(({ chatId, sender, messageId }) => {
    const member = heads.get(chatId)?.roster.get(deviceKey(sender))
    return member ? [{ chatId, device: member.device, messageId }] : []
  })
  const stored = keys.length === 0 ? [] : await findStored(transaction, keys)
  return new Map(stored.map((message) => [keyOf(message), { kind: 'stored', ...placeOf(message) }]))
}

type Invites = Awaited<ReturnType<typeof findInvites>>

/** Asked with the heads locked, as they are when they are used. */
async function findUsedInvites(transaction: Queryable, entries: readonly NewEntry[]): Promise<Invites> {
  const keys = entries.flatMap(({ chatId, commit }) => (commit?.joins ? [{ chatId, ...commit.joins }] : []))
  return keys.length === 0 ? [] : findInvites(transaction, keys)
}

/** A further device of an account that is in the group is no further use. */
function useRefusal({ roster }: LogHead, entry: NewEntry, invites: Invites, nowMs: number) {
  const { chatId, commit } = entry
  if (!commit?.joins) return undefined
  const { inviteId } = commit.joins
  const invite = invites.find((one) => one.chatId === chatId && equalBytes(one.inviteId, inviteId))
  const reason = inviteRefusal(invite, nowMs)
  return reason === 'invite_used_up' && isPresent(roster, entry) ? undefined : reason
}

function isPresent(roster: Roster, { sender }: NewEntry): boolean {
  return [...roster.values()].some(({ accountId }) => accountId === sender.accountId)
}

interface Writing {
  readonly placed: readonly PlacedEntry[]
  readonly moved: readonly LogHead[]
  readonly rows: readonly HeadRow[]
  readonly keys: ChatKeys
  readonly nowMs: number
}

async function write(
  transaction: Queryable,
  { placed, moved, rows, keys, nowMs }: Writing,
): Promise<boolean> {
  if (placed.length === 0) return false
  const opened = await keys.findAll(transaction, rows)
  const sealed = placed.map((entry) => {
    const key = opened.get(entry.chatId)!
    const sealing = new ChatSealing(keys, entry.chatId, [key])
    return { entry, payload: sealing.sealPayload(key.id, entry.position, entry) }
  })
  await insertEntries(transaction, sealed, moved, nowMs)
  for (const entry of placed) {
    await changeMembers(transaction, entry)
    const { chatId, commit, membership } = entry
    if (commit?.judged?.state) await updateGroup(transaction, chatId, commit.judged.state, membership!.roster)
    if (commit?.judged) await offer(transaction, entry, { keys, key: opened.get(chatId)!, nowMs })
    for (const invite of usedBy(entry)) await countUse(transaction, { chatId, ...invite })
  }
  const welcoming = placed.filter(hasWelcome)
  await insertWelcomes(
    transaction,
    welcoming.map((entry) => sealedWelcome(entry, keys, opened.get(entry.chatId)!)),
  )
  await addToInboxes(transaction, welcoming.flatMap(welcomeItems), nowMs)
  return endRequests(transaction, placed, nowMs)
}

/** What the commit gives to those who join by a link takes the place of what there was. */
async function offer(
  transaction: Queryable,
  { chatId, position, commit }: PlacedEntry,
  { keys, key, nowMs }: { keys: ChatKeys; key: DataKey; nowMs: number },
): Promise<void> {
  const { sealed, historyPages, invites, publication } = commit!.judged!.offer
  await replaceInvites(transaction, chatId, invites, nowMs)
  if (historyPages.length > 0)
    await insertHistoryPages(transaction, { chatId, position, nowMs }, historyPages)
  if (publication.kind === 'published') await publishGroup(transaction, chatId, publication.publication)
  const isOffered = sealed.length > 0
  const offered = isOffered && {
    position,
    sealed: new ChatSealing(keys, chatId, [key]).sealOffer(key.id, position, sealed),
  }
  await replaceJoinOffer(transaction, chatId, offered || undefined)
}

/** What asks to be let in by links that are good no more, or of who is banned now. @returns whether there is any */
async function endRequests(
  transaction: Queryable,
  placed: readonly PlacedEntry[],
  nowMs: number,
): Promise<boolean> {
  let hasEnded = false
  for (const { chatId, commit } of placed) {
    const state = commit?.judged?.state
    if (!state) continue
    const of = { chatId, banned: state.bannedAccounts }
    hasEnded = (await endDeadRequests(transaction, nowMs, of)) || hasEnded
  }
  return hasEnded
}

/** A link, once for each account that comes by it. */
function usedBy(entry: PlacedEntry): readonly Pick<Admission, 'inviteId'>[] {
  const { joins, admissions = [] } = entry.commit ?? {}
  return joins && isFirstOfAccount(entry) ? [joins] : admissions
}

function isFirstOfAccount({ sender, membership }: PlacedEntry): boolean {
  const devices = [...membership!.roster.values()].filter(({ accountId }) => accountId === sender.accountId)
  return devices.length === 1
}

function hasWelcome({ commit, membership }: PlacedEntry): boolean {
  return commit !== undefined && !commit.joins && membership !== undefined && membership.added.length > 0
}

function sealedWelcome(entry: PlacedEntry, keys: ChatKeys, key: DataKey): NewWelcome {
  const { chatId, position, commit } = entry
  const { welcome: ofCommit, admissions } = commit!
  const welcome = encodeWelcome({ ...entry, welcome: ofCommit, admissions })
  const sealed = new ChatSealing(keys, chatId, [key]).sealWelcome(key.id, position, welcome)
  return { chatId, logPosition: position, sealed }
}

function welcomeItems({ chatId, position, membership }: PlacedEntry): NewInboxItem[] {
  const subject = ChatId.toBytes(chatId)
  return membership!.added.map(({ device }) => {
    return { device, kind: inboxKinds.welcome, subject, logPosition: position }
  })
}

function movedHeads(rows: readonly HeadRow[], heads: ReadonlyMap<ChatId, LogHead>): LogHead[] {
  return rows
    .map(({ chatId }) => heads.get(chatId)!)
    .filter((head, index) => head.position > rows[index]!.position)
}

function keyOf({ chatId, device, messageId }: StoredMessage): string {
  return messageKey(chatId, device, messageId)
}

function messageKey(chatId: ChatId, device: DeviceNumber, messageId: Uint8Array): string {
  return `${chatId} ${device} ${Buffer.from(messageId).toString('latin1')}`
}

function placeOf({ position, receivedAtMs }: StoredMessage) {
  return { position, receivedAtMs }
}
