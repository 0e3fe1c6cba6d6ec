import { randomBytes } from 'node:crypto'
import { ChatId, randomId } from '@veche/protocol'
import { type Database, migrate } from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeviceNumber } from '../append/roster.ts'
import { TestGroup } from '../testing/group.ts'
import { newPerson, type Person, withNewDevice } from '../testing/person.ts'
import { startTestService, type TestProcess, type TestService } from '../testing/test-service.ts'
import { readInbox } from './inbox.ts'
import { migrations } from './migrations.ts'

const DEVICES = 24
let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())

async function welcomesOf({ id }: TestGroup): Promise<bigint[]> {
  const { rows } = await service.database.query<{ position: bigint }>(
    'SELECT log_position AS position FROM welcomes WHERE chat_id = $1 ORDER BY 1',
    [id],
  )
  return rows.map(({ position }) => position)
}

/** What one device finds in its inbox: the commits of its Welcomes, and up to where it has read. */
async function inboxOf(person: Person): Promise<{ welcomes: Uint8Array[]; last: bigint }> {
  const welcomes: Uint8Array[] = []
  let last = 0n
  for await (const { event } of service.as(person).subscribe({})) {
    if (event.case === 'caughtUp') break
    if (event.case !== 'inbox') continue
    last = event.value.items.at(-1)!.position
    for (const { item } of event.value.items) if (item.case === 'welcome') welcomes.push(item.value.welcome)
  }
  return { welcomes, last }
}

const takeWelcome = async (by: TestProcess, person: Person) =>
  by.as(person).acknowledge({ positions: [], inboxPosition: (await inboxOf(person)).last })

test('A8 a Welcome is stored once for all whom a commit adds, and goes with the last who has taken it', async () => {
  await using another = await service.startAnother()
  const owner = await newPerson('owner')
  service.accounts.add(owner)
  const devices: Person[] = []
  for (let count = 0; count < DEVICES; count++) {
    const device = await withNewDevice(owner)
    service.accounts.add(device)
    devices.push(device)
  }
  const [late, ...others] = devices as [Person, ...Person[]]
  const group = await new TestGroup((person) => service.as(person), owner).create()
  const made = await group.commit(owner, others, {})
  await group.append(owner, made.handshake)
  await group.took(owner, made)
  await group.change(owner, [late], {})
  expect(await welcomesOf(group)).toEqual([2n, 3n])
  for (const device of others) expect((await inboxOf(device)).welcomes).toEqual([made.handshake.welcome])

  const [last, ...first] = others as [Person, ...Person[]]
  await Promise.all(first.map((device, index) => takeWelcome(index % 2 === 0 ? service : another, device)))
  expect(await welcomesOf(group)).toEqual([2n, 3n])
  expect((await inboxOf(last)).welcomes).toEqual([made.handshake.welcome])
  await takeWelcome(another, last)
  expect(await welcomesOf(group)).toEqual([3n])
  await takeWelcome(service, late)
  expect(await welcomesOf(group)).toEqual([])
})

test('A8 whoever take the last references to a Welcome at once, through two processes, take it away', async () => {
  await using another = await service.startAnother()
  const owner = await newPerson('pair')
  service.accounts.add(owner)
  const group = await new TestGroup((person) => service.as(person), owner).create()
  for (let round = 0; round < 10; round++) {
    const devices = [await withNewDevice(owner), await withNewDevice(owner)] as const
    for (const device of devices) service.accounts.add(device)
    await group.change(owner, devices, {})
    await Promise.all([takeWelcome(service, devices[0]), takeWelcome(another, devices[1])])
    expect(await welcomesOf(group)).toEqual([])
  }
})

test('a Welcome that an older version put into each inbox is still there for who has not taken it', async () => {
  await using postgres = await testDatabase()
  const added = migrations.findIndex(({ name }) => name.endsWith('_welcome'))
  const database = await postgres.open('chats', migrations.slice(0, added))
  const chat = randomId(ChatId)
  const devices = await storeOldInboxes(database, ChatId.toBytes(chat))
  await migrate(database, 'chats', migrations)
  for (const device of devices) {
    const rows = await readInbox(database, device, 0n)
    expect(rows.map(({ logPosition, welcome }) => [logPosition, welcome?.toString()])).toEqual([
      [null, undefined],
      [2n, 'sealed 2'],
      [7n, 'sealed 7'],
    ])
  }
  const { rows } = await database.query('SELECT FROM welcomes')
  expect(rows).toHaveLength(2)
})

/** Rows as the version before wrote them: an opened chat, and two Welcomes, each in every inbox. */
async function storeOldInboxes(database: Database, chatId: Uint8Array): Promise<readonly DeviceNumber[]> {
  const { rows } = await database.query<{ device: DeviceNumber }>(
    `INSERT INTO devices (account_id, device_id, inbox_head)
     SELECT $1, int4send(n), 3 FROM generate_series(1, 3) AS n RETURNING device`,
    [randomBytes(32)],
  )
  const devices = rows.map(({ device }) => device)
  await database.query(
    `INSERT INTO inbox (device, position, kind, at_ms, subject, log_position, welcome)
     SELECT device, nth, kind, 1, $2, log_position, convert_to('sealed ' || log_position, 'UTF8')
     FROM unnest($1::bigint[]) AS device,
       (VALUES (1, 4, NULL::bigint), (2, 1, 2), (3, 1, 7)) AS item (nth, kind, log_position)`,
    [devices, chatId],
  )
  return devices
}
