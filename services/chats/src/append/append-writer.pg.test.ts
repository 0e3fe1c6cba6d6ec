import { randomBytes } from 'node:crypto'
import { AccountId, ChatId, DeviceId, randomId } from '@veche/protocol'
import { type Database, Sealing, silentLogger } from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertPrivateChat } from '../database/chats.ts'
import { ensureDevices } from '../database/devices.ts'
import { insertMembers } from '../database/log.ts'
import { migrations } from '../database/migrations.ts'
import { MAX_WAITING_ENTRIES } from '../limits.ts'
import { refusalOf } from '../testing/refusal.ts'
import { AppendWriter } from './append-writer.ts'
import { ChatKeys } from './chat-keys.ts'
import type { AddedDevice, CommitEffect, NewEntry } from './new-entry.ts'
import type { PlacedEntry } from './place-entry.ts'
import { groupIdOf } from './read-entry.ts'
import { type Device, deviceKey } from './roster.ts'
import { Rosters } from './rosters.ts'

let postgres: TestDatabase
let database: Database
const sealing = new Sealing(randomBytes(32))
let keys = new ChatKeys(sealing)

beforeAll(async () => {
  postgres = await testDatabase()
  database = await postgres.open('chats', migrations)
})
afterAll(() => postgres[Symbol.asyncDispose]())

interface TestWriter extends AsyncDisposable {
  readonly writer: AppendWriter
  readonly stored: readonly PlacedEntry[]
}

function openWriter(): TestWriter {
  const stored: PlacedEntry[] = []
  const writer = new AppendWriter({
    database,
    keys,
    rosters: new Rosters(),
    nowMs: () => 1,
    log: silentLogger,
    onStored: ({ entries }) => void stored.push(...entries),
  })
  return { writer, stored, [Symbol.asyncDispose]: () => writer.close() }
}

const newDevice = (): AddedDevice => ({
  accountId: AccountId.fromBytes(randomBytes(32)),
  deviceId: randomId(DeviceId),
  signatureKey: randomBytes(32),
})

/** A chat in epoch 0 of these devices, in the order of their leaves. */
async function newChat(...devices: [AddedDevice, AddedDevice]): Promise<ChatId> {
  const chatId = randomId(ChatId)
  const numbers = await ensureDevices(database, devices)
  const accounts = devices.map(({ accountId }) => accountId) as [AccountId, AccountId]
  const dataKey = (await keys.create(database, chatId)).id
  await insertPrivateChat(database, { chatId, accounts, dataKey, blockedBy: [] })
  const members = devices.map((device, leaf) => ({
    ...device,
    leaf,
    since: 0n,
    device: numbers.get(deviceKey(device))!,
  }))
  await insertMembers(database, chatId, members)
  return chatId
}

function entryOf(chatId: ChatId, sender: Device, commit?: Partial<CommitEffect>, epoch = 0n): NewEntry {
  const welcome = commit?.adds ? randomBytes(50) : new Uint8Array()
  return {
    chatId,
    sender,
    groupId: groupIdOf(chatId, 0),
    epoch,
    messageId: randomBytes(16),
    mlsMessage: randomBytes(200),
    contentCiphertext: commit ? new Uint8Array() : randomBytes(272),
    wrappedKey: commit ? new Uint8Array() : randomBytes(60),
    ...(commit && {
      commit: { senderLeaf: 0, adds: [], removes: [], revoked: new Set(), welcome, ...commit },
    }),
  }
}

test('M8 entries of many chats share a transaction, each log gapless and in the order of its callers', async () => {
  await using opened = openWriter()
  const devices = [newDevice(), newDevice()] as const
  const chats = await Promise.all([newChat(...devices), newChat(...devices), newChat(...devices)])
  const entries = Array.from({ length: 60 }, (_, index) => entryOf(chats[index % 3]!, devices[index % 2]!))
  const outcomes = await Promise.all(entries.map((entry) => opened.writer.append(entry)))
  for (const [place, chatId] of chats.entries()) {
    const own = outcomes.filter((_, index) => index % 3 === place)
    expect(own).toEqual(
      own.map((_, index) => ({ kind: 'stored', position: BigInt(index + 1), receivedAtMs: 1n })),
    )
    const stored = opened.stored.filter((entry) => entry.chatId === chatId)
    expect(stored.map(({ position }) => position)).toEqual(own.map((_, index) => BigInt(index + 1)))
  }
})

test('A8 a Welcome reaches its device with the commit that won, and never with one that lost', async () => {
  await using opened = openWriter()
  const [alice, bob] = [newDevice(), newDevice()]
  const chatId = await newChat(alice, bob)
  const commits = Array.from({ length: 10 }, () => entryOf(chatId, alice, { adds: [newDevice()] }))
  const outcomes = await Promise.all(commits.map((commit) => opened.writer.append(commit)))
  expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', ...Array(9).fill('refused')])
  const { rows } = await database.query(
    `SELECT account_id, log_position FROM inbox JOIN devices USING (device) WHERE subject = $1`,
    [ChatId.toBytes(chatId)],
  )
  const winner = AccountId.toBytes(commits[0]!.commit!.adds[0]!.accountId)
  expect(rows).toEqual([{ account_id: Buffer.from(winner), log_position: 1n }])
})

test('M8 a process that has remembered who is in a chat sees what another one has changed', async () => {
  await using here = openWriter()
  await using there = openWriter()
  const [alice, bob, laptop] = [newDevice(), newDevice(), newDevice()]
  const chatId = await newChat(alice, bob)
  for (const { writer } of [here, there]) {
    expect((await writer.append(entryOf(chatId, bob))).kind).toBe('stored')
    expect((await writer.append(entryOf(chatId, laptop))).kind).toBe('refused')
  }
  await here.writer.append(entryOf(chatId, alice, { adds: [laptop] }))
  expect((await there.writer.append(entryOf(chatId, laptop, undefined, 1n))).kind).toBe('stored')
  await there.writer.append(entryOf(chatId, alice, { removes: [1], revoked: new Set([bob.deviceId]) }, 1n))
  expect(await here.writer.append(entryOf(chatId, bob, undefined, 2n))).toEqual({
    kind: 'refused',
    reason: 'chat_unknown',
  })
})

test('F2 when the connection is lost callers are told to come back, and a retry stores once', async () => {
  await using opened = openWriter()
  const [alice, bob] = [newDevice(), newDevice()]
  const chatId = await newChat(alice, bob)
  const before = await backends()
  await opened.writer.append(entryOf(chatId, alice))
  const own = (await backends()).filter((pid) => !before.includes(pid))
  expect(own).toHaveLength(1)
  const entries = Array.from({ length: 20 }, () => entryOf(chatId, alice))
  const sent = entries.map((entry) => refusedOr(opened.writer.append(entry)))
  await database.query('SELECT pg_terminate_backend($1)', own)
  await Promise.all(sent)
  const refusals = new Set(await Promise.all(sent))
  expect(['stored', 'Unavailable unavailable']).toEqual(expect.arrayContaining([...refusals]))
  // The writer may learn of the loss only by the next statement that fails.
  await refusedOr(opened.writer.append(entryOf(chatId, bob)))
  for (const entry of entries) expect(await refusedOr(opened.writer.append(entry))).toBe('stored')
  const { rows } = await database.query<{ count: bigint }>(
    'SELECT count(*) FROM entries WHERE chat_id = $1 AND message_id = ANY ($2::bytea[])',
    [ChatId.toBytes(chatId), entries.map(({ messageId }) => messageId)],
  )
  expect(rows).toEqual([{ count: 20n }])
})

test('a damaged chat fails its own entries, and no other', async () => {
  await using opened = openWriter()
  const [alice, bob] = [newDevice(), newDevice()]
  const [sound, damaged] = [await newChat(alice, bob), await newChat(alice, bob)]
  await database.query('UPDATE data_key SET wrapped = $2 WHERE owner = $1', [
    ChatId.toBytes(damaged),
    randomBytes(61),
  ])
  keys = new ChatKeys(sealing) // as another process, which has not seen them before
  const entries = [sound, damaged, sound].map((chatId) => entryOf(chatId, alice))
  const outcomes = await Promise.all(entries.map((entry) => refusedOr(opened.writer.append(entry))))
  expect(outcomes).toEqual(['stored', 'Unavailable unavailable', 'stored'])
  expect(opened.stored.map(({ position }) => position)).toEqual([1n, 2n])
  expect(await refusedOr(opened.writer.append(entries[1]!))).toBe('Unavailable unavailable')
})

test('a full queue takes no more, and what it took is stored', async () => {
  await using opened = openWriter()
  const [alice, bob] = [newDevice(), newDevice()]
  const chatId = await newChat(alice, bob)
  const sent = Array.from({ length: MAX_WAITING_ENTRIES + 10 }, () =>
    refusedOr(opened.writer.append(entryOf(chatId, alice))),
  )
  const outcomes = await Promise.all(sent)
  expect(outcomes.filter((outcome) => outcome === 'ResourceExhausted too_busy')).toHaveLength(10)
  expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(MAX_WAITING_ENTRIES)
})

async function refusedOr(call: Promise<{ kind: string }>): Promise<string> {
  try {
    return (await call).kind
  } catch (error) {
    return refusalOf(Promise.reject(error))
  }
}

async function backends(): Promise<readonly number[]> {
  const { rows } = await database.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'veche chats' AND datname = current_database()",
  )
  return rows.map(({ pid }) => pid)
}
