import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../database/database.ts'
import { createLogger, silentLogger } from '../log/logger.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { DataKeyGoneError, DataKeys, readingSealed } from './data-keys.ts'
import { KeyKeeper } from './key-keeper.ts'
import { KeyRing, MasterKeyError, MissingMasterKeyError } from './key-ring.ts'
import { readKeyStatus, retireOtherMasterKeys } from './key-status.ts'
import { keyTables } from './key-tables.ts'
import { MasterKeys } from './master-keys.ts'
import { Sealing } from './sealing.ts'

const PURPOSE = 'thing'
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
const newId = KeyRing.of([newKey]).current.id

let server: TestDatabase
let names = 0
beforeAll(async () => {
  server = await testDatabase()
})
afterAll(() => server[Symbol.asyncDispose]())

function newSchema(): Promise<Database> {
  return server.open(`keys_${names++}`, [keyTables('202601010000_data_key')])
}

function keeperOf(database: Database, sealing: Sealing, log = silentLogger): KeyKeeper {
  return new KeyKeeper(sealing, [{ database, resealers: [], log }], log)
}

test('F27 more keys than a batch holds come under the new master key, and only then can the old one be retired', async () => {
  const database = await newSchema()
  const before = new DataKeys(new Sealing(oldKey), PURPOSE)
  const owners = Array.from({ length: 250 }, (_, index) => utf8(`owner ${index}`))
  const made = new Map<Uint8Array, Uint8Array>()
  const makeOne = async (owner: Uint8Array) =>
    void made.set(owner, (await before.create(database, owner)).key)
  await Promise.all(owners.map(makeOne))
  const sealing = new Sealing(MasterKeys.of(newKey, oldKey))
  expect(await retireOtherMasterKeys(database, newId)).toEqual({ kind: 'not_newest' })
  await new DataKeys(sealing, PURPOSE).create(database, utf8('new owner'))
  expect(await retireOtherMasterKeys(database, newId)).toEqual({ kind: 'in_use' })
  await Promise.all([keeperOf(database, sealing).look(), keeperOf(database, sealing).look()])
  await keeperOf(database, sealing).look() // what the two left to each other
  expect(await retireOtherMasterKeys(database, newId)).toEqual({ kind: 'retired' })
  expect(await retireOtherMasterKeys(database, newId)).toEqual({ kind: 'retired' })
  const after = new DataKeys(new Sealing(newKey), PURPOSE)
  for (const owner of owners) expect((await after.current(database, owner))?.key).toEqual(made.get(owner))
  await expect(new DataKeys(new Sealing(oldKey), PURPOSE).current(database, owners[0]!)).rejects.toThrow(
    MissingMasterKeyError,
  )
})

test('F27 a retired master key does not come into use again, whoever still believes in it', async () => {
  const database = await newSchema()
  const behind = new DataKeys(new Sealing(oldKey), PURPOSE)
  await behind.create(database, utf8('first'))
  const sealing = new Sealing(MasterKeys.of(newKey, oldKey))
  await keeperOf(database, sealing).look()
  expect(await retireOtherMasterKeys(database, newId)).toEqual({ kind: 'retired' })
  await expect(behind.create(database, utf8('second'))).rejects.toThrow(MasterKeyError)
  await expect(keeperOf(database, new Sealing(oldKey)).start()).rejects.toThrow(MasterKeyError)
  expect(await readKeyStatus(database)).toMatchObject({
    dataKeys: 1,
    masterKeys: [{ id: newId, dataKeys: 1 }],
  })
})

test('F27 a process that meets a key it does not know reads the key file again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'veche-keys-'))
  const file = join(folder, 'master.key')
  const write = (...keys: readonly Uint8Array[]) =>
    writeFile(file, KeyRing.of(keys).encode(), { mode: 0o600 })
  await write(oldKey)
  const database = await newSchema()
  const here = new DataKeys(new Sealing(await MasterKeys.open(file)), PURPOSE)
  await here.create(database, utf8('first'))
  await write(newKey, oldKey)
  const there = new DataKeys(new Sealing(await MasterKeys.open(file)), PURPOSE)
  const { key } = await there.create(database, utf8('second'))
  expect((await here.current(database, utf8('second')))?.key).toEqual(key)
  await rm(folder, { recursive: true })
})

test('a damaged key stops no other, is told, and keeps its master key in use', async () => {
  const database = await newSchema()
  const before = new DataKeys(new Sealing(oldKey), PURPOSE)
  for (const owner of ['a', 'b', 'c']) await before.create(database, utf8(owner))
  await database.query("UPDATE data_key SET wrapped = set_byte(wrapped, 30, 1) WHERE owner = 'b'")
  const lines: string[] = []
  const log = createLogger({ level: 'warn', write: (line) => void lines.push(line) })
  await keeperOf(database, new Sealing(MasterKeys.of(newKey, oldKey)), log).look()
  expect(lines.join()).toContain('key_work_failed')
  expect(await readKeyStatus(database)).toMatchObject({ masterKeys: [{ dataKeys: 2 }, { dataKeys: 1 }] })
  expect(await retireOtherMasterKeys(database, newId)).toEqual({ kind: 'in_use' })
})

test('of several who make an owner’s key at once one wins, and a key of a failed transaction is not kept', async () => {
  const database = await newSchema()
  const keys = new DataKeys(new Sealing(newKey), PURPOSE)
  const ensured = await Promise.all(Array.from({ length: 8 }, () => keys.ensure(database, utf8('one'))))
  expect(new Set(ensured.map(({ id }) => id)).size).toBe(1)
  let lost = ''
  const failing = database.transaction(async (transaction) => {
    lost = (await keys.create(transaction, utf8('two'))).id
    throw new Error('rolled back')
  })
  await expect(failing).rejects.toThrow('rolled back')
  const owner = utf8('two')
  await expect(keys.find(database, [{ owner, id: lost }])).rejects.toThrow(DataKeyGoneError)
  const { id } = await keys.create(database, owner)
  expect((await keys.find(database, [{ owner, id }]))[0]?.id).toBe(id)
})

test('who reads while keys are replaced reads again, and not for ever', async () => {
  let reads = 0
  const read = (until: number) =>
    readingSealed(async () => {
      if (++reads < until) throw new DataKeyGoneError('gone')
      return reads
    })
  expect(await read(3)).toBe(3)
  reads = 0
  await expect(read(100)).rejects.toThrow(DataKeyGoneError)
  expect(reads).toBe(5)
})
