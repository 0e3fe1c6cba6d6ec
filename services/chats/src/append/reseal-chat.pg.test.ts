import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { ChatId, concatBytes, encodeMessage, labelled, randomId, utf8 } from '@veche/protocol'
import { type Entry, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import {
  askForRotation,
  type Database,
  dataKeyIdOf,
  KeyKeeper,
  KeyRing,
  type Migration,
  migrate,
  type Resealer,
  readKeyStatus,
  Sealing,
} from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations } from '../database/migrations.ts'
import { message, newPerson, type Person } from '../testing/person.ts'
import {
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestService,
} from '../testing/test-service.ts'
import { ChatKeys } from './chat-keys.ts'
import { ChatSealing } from './payload.ts'
import { chatResealer } from './reseal-chat.ts'

const MASTER_KEY = new Uint8Array(32).fill(7)
const masterKeyId = KeyRing.of([MASTER_KEY]).current.id

let service: TestService
let alice: Person
let bob: Person
let chat: OpenChat
beforeAll(async () => {
  service = await startTestService({ tellsNobody: true })
  ;[alice, bob] = [await newPerson('alice'), await newPerson('bob')]
  for (const person of [alice, bob]) service.accounts.add(person)
  chat = await openChatBetween(service, alice, bob)
})
afterAll(() => service[Symbol.asyncDispose]())

test('F27 while a chat is sealed anew it is written and read, and nothing but the seal changes', async () => {
  await appendMessages(20)
  for (let round = 0; round < 3; round++) {
    const before = await entriesOf(service.database)
    const old = await keyIdsOf(service.database)
    expect(old).toHaveLength(1)
    await askForRotation(service.database, masterKeyId)
    let isDone = false
    const replaced = look(service.service.resealers!).then(() => (isDone = true))
    // Another process at the same work.
    const others = look([
      chatResealer({ database: service.database, keys: new ChatKeys(new Sealing(MASTER_KEY)) }),
    ])
    do {
      await appendMessages(3)
      await readAll()
    } while (!isDone)
    await Promise.all([replaced, others])
    const after = await entriesOf(service.database)
    expect(after.slice(0, before.length).map(unsealed)).toEqual(before.map(unsealed))
    for (const [index, { payload }] of before.entries()) expect(after[index]!.payload).not.toEqual(payload)
    const keys = await keyIdsOf(service.database)
    expect(keys).toHaveLength(1)
    expect(keys).not.toEqual(old)
    for (const { payload } of after) expect(dataKeyIdOf(payload)).toBe(keys[0])
    expect(await readKeyStatus(service.database)).toMatchObject({ toReplace: 0 })
  }
  const [first] = sent
  const again = await service.as(alice).append(first!.request)
  expect(again.position).toBe(first!.position)
  expect(await readAll()).toHaveLength(sent.length + 1)
})

test('F27 a Welcome that waits for its device is sealed anew, and opens', async () => {
  const sealedWelcome = () => welcomesOf(service.database)
  const [before] = await sealedWelcome()
  await askForRotation(service.database, masterKeyId)
  await look(service.service.resealers!)
  const [after] = await sealedWelcome()
  expect(after).not.toEqual(before)
  expect([dataKeyIdOf(after!)]).toEqual(await keyIdsOf(service.database))
  const keys = new ChatKeys(new Sealing(MASTER_KEY))
  const sealing = await ChatSealing.load(keys, service.database, chat.chatId, [dataKeyIdOf(after!)])
  expect(sealing.openWelcome(1n, after!).length).toBeGreaterThan(0)
})

test('a damaged entry keeps its key, and no other does', async () => {
  const damaged = (await entriesOf(service.database))[4]!
  damaged.payload[40]! ^= 1
  await service.database.query('UPDATE entries SET payload = $1 WHERE position = $2', [
    damaged.payload,
    damaged.position,
  ])
  await askForRotation(service.database, masterKeyId)
  await look(service.service.resealers!)
  await look(service.service.resealers!)
  expect(service.logged.join()).toContain('key_work_failed')
  const old = dataKeyIdOf(damaged.payload)
  const kept = (await entriesOf(service.database)).filter(({ payload }) => dataKeyIdOf(payload) === old)
  expect(kept.map(({ position }) => position)).toEqual([damaged.position])
  expect(await keyIdsOf(service.database)).toHaveLength(2)
})

test('what the version before key rings has stored opens, is wrapped anew at the start and sealed anew with the rest', async () => {
  await using postgres = await testDatabase()
  const added = migrations.findIndex(({ name }) => name.endsWith('_data_key'))
  const database = await postgres.open('chats', migrations.slice(0, added))
  const chatId = randomId(ChatId)
  const [dataKey, seed] = [randomBytes(32), randomBytes(32)]
  const entry = create(EntrySchema, { mlsMessage: utf8('m'.repeat(300)), wrappedKey: utf8('k') })
  await storeFirstVersion(database, chatId, { dataKey, seed, entry })
  await migrate(database, 'chats', migrations as Migration[])

  const open = async () => {
    const keys = new ChatKeys(new Sealing(MASTER_KEY))
    const [{ payload }] = (await entriesOf(database)) as [EntryColumns]
    const sealing = await ChatSealing.load(keys, database, chatId, [dataKeyIdOf(payload)])
    return create(EntrySchema, { ...sealing.openPayload(1n, payload) })
  }
  expect(await open()).toEqual(entry)
  expect(await readKeyStatus(database)).toMatchObject({ unnamed: 2 })
  const resealers = [chatResealer({ database, keys: new ChatKeys(new Sealing(MASTER_KEY)) })]
  await look(resealers, database)
  expect(await readKeyStatus(database)).toMatchObject({ unnamed: 0, masterKeys: [{ dataKeys: 2 }] })
  expect(await open()).toEqual(entry)
  await askForRotation(database, masterKeyId)
  await look(resealers, database)
  expect((await entriesOf(database))[0]!.payload[0]).toBe(2)
  expect(await open()).toEqual(entry)
  const grantKey = await database.query<{ wrapped: Buffer; owner: Buffer }>(
    "SELECT wrapped, owner FROM data_key WHERE purpose = 'key package grant key'",
  )
  const [row] = grantKey.rows
  const place = { purpose: 'key package grant key', owner: row!.owner, id: '0'.repeat(16) }
  expect(Buffer.from(new Sealing(MASTER_KEY).openDataKey(place, row!.wrapped).key)).toEqual(seed)
})

interface EntryColumns {
  readonly position: bigint
  readonly payload: Buffer
  readonly rest: string
}

type Application = Awaited<ReturnType<typeof message>>['application']
interface Sent {
  readonly request: {
    readonly chatId: Uint8Array
    readonly messageId: Uint8Array
    readonly entry: { readonly case: 'application'; readonly value: Application }
  }
  readonly position: bigint
}
const sent: Sent[] = []

async function appendMessages(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { group, application } = await message(alice, chat.groups[0])
    chat = { ...chat, groups: [group, chat.groups[1]] }
    const entry = { case: 'application', value: application } as const
    const request = { chatId: chat.id, messageId: randomBytes(16), entry }
    const { position } = await service.as(alice).append(request)
    sent.push({ request, position })
  }
}

async function readAll(): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for (;;) {
    const after = entries.at(-1)?.position ?? 0n
    const page = await service.as(bob).listEntries({ chatId: chat.id, after })
    if (page.entries.length === 0) break
    entries.push(...page.entries)
  }
  for (const { request, position } of sent) {
    const read = entries.find((entry) => entry.position === position)
    expect(read?.contentCiphertext).toEqual(request.entry.value.contentCiphertext)
  }
  return entries
}

function look(resealers: readonly Resealer[], database = service.database): Promise<void> {
  const { log } = service.serviceContext
  return new KeyKeeper(new Sealing(MASTER_KEY), [{ database, resealers, log }], log).look()
}

async function entriesOf(database: Database): Promise<readonly EntryColumns[]> {
  const { rows } = await database.query<EntryColumns>(
    `SELECT position, payload, concat_ws(' ', chat_id, kind, device, message_id, epoch, received_at_ms, entry_hash, log_hash)
       AS rest FROM entries ORDER BY position`,
  )
  return rows
}

function unsealed({ position, rest }: EntryColumns): string {
  return `${position} ${rest}`
}

async function keyIdsOf(database: Database): Promise<readonly string[]> {
  const { rows } = await database.query<{ id: string }>(
    "SELECT encode(key_id, 'hex') AS id FROM data_key WHERE purpose = 'chat log'",
  )
  return rows.map(({ id }) => id)
}

async function welcomesOf(database: Database): Promise<readonly Buffer[]> {
  const { rows } = await database.query<{ welcome: Buffer }>('SELECT welcome FROM welcomes')
  return rows.map(({ welcome }) => welcome)
}

/** Rows as the version of 2026-11-20 wrote them. */
async function storeFirstVersion(
  database: Database,
  chatId: ChatId,
  { dataKey, seed, entry }: { dataKey: Uint8Array; seed: Uint8Array; entry: Entry },
): Promise<void> {
  const id = ChatId.toBytes(chatId)
  const grant = utf8('key package grant key')
  await database.query('INSERT INTO secrets VALUES ($1, $2)', [
    'key package grant key',
    box(wrappingKey('key package grant key'), grant, seed),
  ])
  await database.query(
    `INSERT INTO chats (chat_id, type, accounts, head, epoch, log_hash, data_key)
     VALUES ($1, 1, '{}', 1, 0, '', $2)`,
    [id, box(wrappingKey('chat log'), id, dataKey)],
  )
  const place = concatBytes(id, Buffer.from('010000000000000001', 'hex'))
  await database.query(
    `INSERT INTO entries (chat_id, position, kind, device, message_id, epoch, received_at_ms, entry_hash, log_hash, payload)
     VALUES ($1, 1, 1, 1, '', 0, 0, '', '', $2)`,
    [id, box(dataKey, place, encodeMessage(EntrySchema, entry))],
  )
}

function wrappingKey(purpose: string): Uint8Array {
  const info = labelled('veche storage v1', utf8(purpose))
  return new Uint8Array(hkdfSync('sha256', MASTER_KEY, new Uint8Array(), info, 32))
}

function box(key: Uint8Array, aad: Uint8Array, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(labelled('veche storage v1', aad))
  return concatBytes(Uint8Array.of(1), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag())
}
