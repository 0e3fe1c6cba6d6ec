import { randomBytes } from 'node:crypto'
import { DecodeError } from '@veche/protocol'
import { type Database, Sealing } from '@veche/service-kit'
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
  await expect(SealedSecrets.open(database, new Sealing(randomBytes(32)))).rejects.toThrow(DecodeError)
})

test('a secret moved under another name does not open', async () => {
  const secrets = await SealedSecrets.open(database, sealing)
  await secrets.ensure('one-key', () => randomBytes(32))
  await database.query(
    "INSERT INTO server_secret SELECT 'other-key', sealed FROM server_secret WHERE name = 'one-key'",
  )
  await expect(secrets.find('other-key')).rejects.toThrow(DecodeError)
})
