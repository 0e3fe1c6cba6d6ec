import { randomBytes } from 'node:crypto'
import { AccountId, DeviceId, randomId } from '@veche/protocol'
import type { Database } from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Handle } from '../names/handle.ts'
import { untilWaiting } from '../testing/held-back.ts'
import { insertAccount } from './accounts.ts'
import { holdDevices, insertDevice, lockDevice } from './devices.ts'
import { countKeyPackages, insertKeyPackages, takeKeyPackage } from './key-packages.ts'
import { migrations } from './migrations.ts'

const TODAY = 20_000
const device = {
  accountId: AccountId.fromBytes(randomBytes(32)),
  deviceId: randomId(DeviceId),
  certificate: randomBytes(190),
  signatureKey: randomBytes(32),
}

let server: TestDatabase
let database: Database
beforeAll(async () => {
  server = await testDatabase()
  database = await server.open('accounts', migrations)
  await insertAccount(database, {
    accountId: device.accountId,
    accountKey: randomBytes(32),
    handle: 'alice' as Handle,
    handleSkeleton: 'allce',
    displayName: 'Alice',
    administrator: false,
    statementHash: randomBytes(32),
  })
  await insertDevice(database, device, TODAY)
})
afterAll(() => server[Symbol.asyncDispose]())

const newPackage = (expiresDay = TODAY + 1) => ({
  reference: randomBytes(32),
  keyPackage: randomBytes(300),
  expiresDay,
})

test('A15: an upload that meets an unfinished claim does not bring its package back', async () => {
  const packages = [newPackage()]
  const upload = () =>
    database.transaction(async (transaction) => {
      await lockDevice(transaction, device.accountId, device.deviceId)
      await insertKeyPackages(transaction, device, packages)
    })
  await upload()
  const { uploading } = await database.transaction(async (transaction) => {
    await holdDevices(transaction, device.accountId)
    expect(await takeKeyPackage(transaction, device, TODAY)).toEqual(packages[0]!.keyPackage)
    const uploading = upload()
    await untilWaiting(database, 1)
    return { uploading }
  })
  await uploading
  expect(await countKeyPackages(database, device, TODAY)).toBe(0)
})

test('a claim that is undone gives its package back', async () => {
  const added = newPackage()
  await insertKeyPackages(database, device, [added])
  const undone = database.transaction(async (transaction) => {
    await takeKeyPackage(transaction, device, TODAY)
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect(await takeKeyPackage(database, device, TODAY)).toEqual(added.keyPackage)
})

test('the package that ends first is given first, and none on its last day', async () => {
  const [ended, late, soon] = [newPackage(TODAY), newPackage(TODAY + 30), newPackage(TODAY + 2)]
  await insertKeyPackages(database, device, [ended, late, soon])
  expect(await countKeyPackages(database, device, TODAY)).toBe(2)
  expect(await takeKeyPackage(database, device, TODAY)).toEqual(soon.keyPackage)
  expect(await takeKeyPackage(database, device, TODAY)).toEqual(late.keyPackage)
  expect(await takeKeyPackage(database, device, TODAY)).toBeUndefined()
})
