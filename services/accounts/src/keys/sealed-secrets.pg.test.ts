import { randomBytes } from 'node:crypto'
import { DecodeError } from '@veche/protocol'
import {
  askForRotation,
  type Database,
  KeyKeeper,
  KeyRing,
  MasterKeys,
  MissingMasterKeyError,
  readKeyStatus,
  retireOtherMasterKeys,
  Sealing,
  silentLogger,
} from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations } from '../database/migrations.ts'
import { SealedSecrets } from './sealed-secrets.ts'

const sealing = new Sealing(randomBytes(32))
let server: TestDatabase
let database: Database
beforeAll(async () => {
  server = await testDatabase()
  database = await server.open('accounts', migrations)
})
afterAll(() => server[Symbol.asyncDispose]())

test('of several processes that start at once, all have the same secrets', async () => {
  const open = async () => (await SealedSecrets.open(database, sealing)).ensure('same', () => randomBytes(32))
  const [first, ...others] = await Promise.all(Array.from({ length: 8 }, open))
  for (const other of others) expect(other).toEqual(first)
})

test('a secret can be replaced, and is absent before', async () => {
  const secrets = await SealedSecrets.open(database, sealing)
  expect(await secrets.find('later')).toBeUndefined()
  for (const value of ['one', 'two']) {
    await secrets.replace('later', Buffer.from(value))
    expect(Buffer.from((await secrets.find('later'))!).toString()).toBe(value)
  }
})

test('another master key opens nothing', async () => {
  await SealedSecrets.open(database, sealing)
  await expect(SealedSecrets.open(database, new Sealing(randomBytes(32)))).rejects.toThrow(
    MissingMasterKeyError,
  )
})

test('a secret moved under another name does not open', async () => {
  const secrets = await SealedSecrets.open(database, sealing)
  await secrets.ensure('one-key', () => randomBytes(32))
  await database.query(
    "INSERT INTO server_secret SELECT 'other-key', sealed FROM server_secret WHERE name = 'one-key'",
  )
  await expect(secrets.find('other-key')).rejects.toThrow(DecodeError)
})

test('F27 while both keys are replaced every secret opens in every process, and afterwards only under the new ones', async () => {
  await using fresh = await testDatabase()
  const own = await fresh.open('accounts', migrations)
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
  // A process whose file still has the old key first.
  const behind = new Sealing(MasterKeys.of(oldKey, newKey))
  const before = await SealedSecrets.open(own, behind)
  const values = new Map(Array.from({ length: 5 }, (_, index) => [`secret-${index}`, randomBytes(32)]))
  for (const [name, value] of values) await before.replace(name, value)
  const copied = await sealedOf(own)

  const sealing = new Sealing(MasterKeys.of(newKey, oldKey))
  const secrets = await SealedSecrets.open(own, sealing)
  const [keeper, another] = [sealing, behind].map(
    (ring, index) =>
      new KeyKeeper(
        ring,
        [{ database: own, resealers: [[secrets, before][index]!.resealer], log: silentLogger }],
        silentLogger,
      ),
  ) as [KeyKeeper, KeyKeeper]
  await Promise.all([keeper.look(), another.look()])
  expect(await readKeyStatus(own)).toMatchObject({ unnamed: 0, dataKeys: 1, toReplace: 0 })
  const newest = KeyRing.of([newKey]).current.id
  expect(await retireOtherMasterKeys(own, KeyRing.of([oldKey]).current.id)).toEqual({ kind: 'not_newest' })

  for (let round = 0; round < 3; round++) {
    await askForRotation(own, newest)
    const looking = Promise.all([keeper.look(), another.look()])
    values.set('moving', randomBytes(round + 1))
    await before.replace('moving', values.get('moving')!)
    for (const [name, value] of values) {
      for (const process of [before, secrets]) expect(Buffer.from((await process.find(name))!)).toEqual(value)
    }
    await looking
  }
  await Promise.all([keeper.look(), another.look()])
  expect(await readKeyStatus(own)).toMatchObject({
    masterKeys: [{ id: newest, dataKeys: 1 }, { dataKeys: 0 }],
    toReplace: 0,
  })
  expect(await retireOtherMasterKeys(own, newest)).toEqual({ kind: 'retired' })
  await expect(SealedSecrets.open(own, new Sealing(oldKey))).rejects.toThrow(MissingMasterKeyError)
  for (const [name, sealed] of copied) expect((await sealedOf(own)).get(name)).not.toEqual(sealed)
  const alone = await SealedSecrets.open(own, new Sealing(newKey))
  for (const [name, value] of values) expect(Buffer.from((await alone.find(name))!)).toEqual(value)
})

async function sealedOf(own: Database): Promise<Map<string, Buffer>> {
  const { rows } = await own.query<{ name: string; sealed: Buffer }>('SELECT name, sealed FROM server_secret')
  return new Map(rows.map(({ name, sealed }) => [name, sealed]))
}
