/**
 * F27: master keys and data keys are replaced again and again while two people write, and the server is killed in the
 * middle of it. What the two wrote is judged by the checker; what the server has stored is opened row by row, after
 * each kill as it then lies, by the format's own description (docs/wire/at-rest.md).
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorKeys } from '@veche/app-server'
import {
  type Database,
  type DataKey,
  dataKeyIdOf,
  KeyRing,
  MasterKeys,
  openDatabase,
  Sealing,
} from '@veche/service-kit'
import {
  Conversation,
  freePort,
  NOTHING_WRONG,
  randomFrom,
  ServerProcess,
  seedFromEnvironment,
  veche,
} from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROUNDS = process.env.VECHE_LONG === '1' ? 60 : 5
/** Chats of which nobody hears: something to do for the rotations. */
const QUIET_CHATS = 150
const ENTRIES_EACH = 20
const seed = seedFromEnvironment()
const random = randomFrom(seed)

let conversation: Conversation
let firstRing: KeyRing
let copy: string
let firstDataKeys: readonly DataKey[]

beforeAll(async () => {
  conversation = await Conversation.start()
  await addQuietChats()
  firstRing = await ringInFile()
  firstDataKeys = [...(await openEverything()).dataKeys.values()]
  await conversation.server.stop()
  copy = join(conversation.folder, 'copy')
  await cp(conversation.data, copy, { recursive: true })
  await conversation.startServer()
})
afterAll(() => conversation[Symbol.asyncDispose]())

test(`F27 M15 keys replaced under load with ${ROUNDS} kills: nothing lost, nothing unreadable, and the old keys open nothing`, async () => {
  console.info(`F27: VECHE_SEED=${seed}`)
  let inTheMiddle = 0
  for (let round = 0; round < ROUNDS; round++) {
    // Anew in each round: a client that has seen the server die waits longer and longer before it comes back.
    const writers = conversation.writeAll()
    await conversation.untilMore('acknowledged', 3)
    if (round % 5 === 4) await waitAndRetire()
    expect(await operator((keys) => keys.rotate({ data: round % 3 < 2 }))).toMatchObject({ kind: 'rotated' })
    await sleep(random() * 2_500) // the server looks every two seconds
    await conversation.server.kill()
    for (const writer of writers) await conversation.kill(writer)
    const { unreadable, opened } = await openEverything()
    expect(unreadable).toEqual([])
    expect(opened).toBeGreaterThan(QUIET_CHATS * ENTRIES_EACH)
    const { toRewrap, toReplace } = await operator((keys) => keys.report())
    if (toRewrap > 0) expect(await operator((keys) => keys.retire())).toMatchObject({ kind: 'in_use' })
    if (toRewrap > 0 || (toReplace > 0 && toReplace < QUIET_CHATS)) inTheMiddle++
    await conversation.startServer()
  }
  const writers = conversation.writeAll()
  await waitAndRetire()
  await conversation.untilMore('acknowledged', 3)
  await conversation.stopWriting(writers)

  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`F27: ${delivered} delivered; ${inTheMiddle} of ${ROUNDS} kills in the middle of the work`)
  expect(wrong).toEqual(NOTHING_WRONG)
  const { unreadable, sealed, wrapped } = await openEverything()
  expect(unreadable).toEqual([])
  expect((await ringInFile()).keys).toHaveLength(1)

  const old = new Sealing(MasterKeys.of(...firstRing.keys.map(({ key }) => key)))
  for (const row of wrapped) expect(() => old.openDataKey(row, row.wrapped)).toThrow()
  // Whoever has the data keys of before, and does not mind which key the bytes name.
  for (const { key } of firstDataKeys.slice(0, 20)) {
    for (const { bytes, place } of sealed.slice(-200)) {
      expect(() => old.open({ id: dataKeyIdOf(bytes), key }, place, bytes)).toThrow()
    }
  }
  const ids = new Set(firstDataKeys.map(({ id }) => id))
  expect(sealed.filter(({ bytes }) => ids.has(dataKeyIdOf(bytes)))).toEqual([])
}, 1_800_000)

test('F27 the guide’s own commands do it, in their order', async () => {
  const before = (await ringInFile()).current.id
  const section = (await readFile('docs/operating.md', 'utf8'))
    .split('## Keys and their rotation\n')[1]!
    .split('\n## ')[0]!
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!)
  expect(blocks).toHaveLength(3)
  for (const block of blocks) {
    const script = block
      .replaceAll('cd /srv/veche/app', `cd ${process.cwd()}`)
      .replaceAll('runuser -u veche -- env HOME=/srv/veche', 'env')
      .replaceAll('/srv/veche/data', conversation.data)
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-u'], { input: script, encoding: 'utf8' })
    expect(status, stdout + stderr).toBe(0)
  }
  const { keys } = await ringInFile()
  expect(keys).toHaveLength(1)
  expect(keys[0]!.id).not.toBe(before)
})

test('F27 B2 a copy made before, with its own old key, still starts', async () => {
  const server = await ServerProcess.start({ data: copy, port: await freePort() })
  const { code, lines, stderr } = await veche(
    conversation.profile('alice'),
    ['admin', 'keys', '--wait'],
    '',
    {
      env: {
        VECHE_DATA: copy,
      },
    },
  )
  await server.stop()
  expect(code, stderr).toBe(0)
  expect(lines).toMatchObject([{ masterKeys: [{ id: firstRing.current.id, current: true }], toRewrap: 0 }])
})

/** As the operator does it, by the command itself. */
async function waitAndRetire(): Promise<void> {
  for (const command of [
    ['admin', 'keys', '--wait'],
    ['admin', 'keys', 'retire'],
  ]) {
    const env = { VECHE_DATA: conversation.data }
    const { code, stderr } = await veche(conversation.profile('alice'), command, '', { env })
    expect(code, stderr).toBe(0)
  }
}

async function operator<T>(work: (keys: OperatorKeys) => Promise<T>): Promise<T> {
  await using keys = await OperatorKeys.open({ VECHE_DATA: conversation.data })
  return await work(keys!)
}

async function ringInFile(): Promise<KeyRing> {
  return KeyRing.decode(await readFile(join(conversation.data, 'keys/master.key'), 'utf8'))
}

interface SealedRow {
  readonly bytes: Buffer
  readonly place: Uint8Array
}
interface WrappedRow {
  readonly purpose: string
  readonly owner: Buffer
  readonly id: string
  readonly wrapped: Buffer
}
interface Everything {
  readonly opened: number
  readonly unreadable: readonly string[]
  readonly dataKeys: ReadonlyMap<string, DataKey>
  readonly sealed: readonly SealedRow[]
  readonly wrapped: readonly WrappedRow[]
}

/** Every sealed value there is, with the keys of the file alone: how many open, and which do not. */
async function openEverything(): Promise<Everything> {
  const ring = await ringInFile()
  const sealing = new Sealing(MasterKeys.of(...ring.keys.map(({ key }) => key)))
  const unreadable: string[] = []
  const dataKeys = new Map<string, DataKey>()
  const sealed: SealedRow[] = []
  const wrapped: WrappedRow[] = []
  for (const schema of ['accounts', 'chats'] as const) {
    await using database = open(schema)
    // As one moment has it: the server may be at work.
    await database.transaction(
      async (transaction) => {
        const { rows } = await transaction.query<WrappedRow>(
          `SELECT purpose, owner, encode(key_id, 'hex') AS id, wrapped FROM data_key`,
        )
        for (const row of rows) {
          wrapped.push(row)
          attempt(`${schema} data key`, () =>
            dataKeys.set(`${row.owner.toString('hex')} ${row.id}`, sealing.openDataKey(row, row.wrapped)),
          )
        }
        const values = await transaction.query<SealedRow & { owner: Buffer }>(SEALED[schema])
        for (const { owner, bytes, place } of values.rows) {
          sealed.push({ bytes, place })
          attempt(`${schema} ${place.toString()}`, () =>
            sealing.open(dataKeys.get(`${owner.toString('hex')} ${dataKeyIdOf(bytes)}`)!, place, bytes),
          )
        }
      },
      { isolation: 'repeatable read', readOnly: true },
    )
  }
  return { opened: sealed.length + wrapped.length - unreadable.length, unreadable, dataKeys, sealed, wrapped }

  function attempt(what: string, work: () => unknown): void {
    try {
      work()
    } catch (error) {
      unreadable.push(`${what}: ${error}`)
    }
  }
}

/** What is sealed, whose data key it is under, and its place. */
const SEALED = {
  accounts: `SELECT convert_to('data-key', 'UTF8') AS owner, sealed AS bytes, convert_to(name, 'UTF8') AS place
    FROM server_secret`,
  chats: `SELECT chat_id AS owner, payload AS bytes, chat_id || '\\x01'::bytea || int8send(position) AS place
    FROM entries WHERE payload IS NOT NULL
    UNION ALL SELECT chat_id, welcome, chat_id || '\\x02'::bytea || int8send(log_position) FROM welcomes`,
} as const

function open(schema: string): Database {
  const url = `postgresql:///veche?host=${encodeURIComponent(conversation.database)}&user=veche`
  return openDatabase({ url, schema, maxConnections: 1 })
}

async function addQuietChats(): Promise<void> {
  const sealing = new Sealing(MasterKeys.of(...(await ringInFile()).keys.map(({ key }) => key)))
  await using database = open('chats')
  for (let index = 0; index < QUIET_CHATS; index++) {
    const chat = randomBytes(16)
    const made = sealing.newDataKey('chat log', chat)
    const key = sealing.openDataKey(made, made.wrapped)
    const ids = [Buffer.from(made.id, 'hex'), Buffer.from(made.masterKey, 'hex')] as const
    await database.query(
      `INSERT INTO data_key (purpose, owner, key_id, wrapped, master_key, rotation)
       VALUES ('chat log', $1, $2, $3, $4, 0)`,
      [chat, ids[0], made.wrapped, ids[1]],
    )
    await database.query(
      `INSERT INTO chats (chat_id, type, accounts, head, epoch, log_hash, data_key_id)
       VALUES ($1, 1, '{}', $2, 0, '', $3)`,
      [chat, ENTRIES_EACH, ids[0]],
    )
    const payloads = Array.from({ length: ENTRIES_EACH }, (_, at) =>
      sealing.seal(key, placeOf(chat, at + 1), randomBytes(600)),
    )
    await database.query(
      `INSERT INTO entries (chat_id, position, kind, device, message_id, epoch, received_at_ms, entry_hash, log_hash, payload)
       SELECT $1, nth, 1, 1, int8send(nth), 0, 0, '', '', payload
       FROM unnest($2::bytea[]) WITH ORDINALITY AS p (payload, nth)`,
      [chat, payloads],
    )
  }
}

function placeOf(chat: Buffer, position: number): Uint8Array {
  const place = Buffer.alloc(9, 1)
  place.writeBigUInt64BE(BigInt(position), 1)
  return Buffer.concat([chat, place])
}
