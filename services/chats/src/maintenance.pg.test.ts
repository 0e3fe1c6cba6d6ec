import { randomBytes } from 'node:crypto'
import { Code, MemoryBus, RpcError, silentLogger } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createContext } from './context.ts'
import { meetDevice } from './database/devices.ts'
import { chats } from './index.ts'
import { maintain, startMaintenance } from './maintenance.ts'
import { DeviceReader } from './stream/device-reader.ts'
import { DeviceStream } from './stream/device-stream.ts'
import { message, newPerson } from './testing/person.ts'
import { openChatBetween, startTestService, type TestService } from './testing/test-service.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService({ tellsNobody: true })
})
afterAll(() => service[Symbol.asyncDispose]())

test('M11 who is still to be told is told, once', async () => {
  const [alice, bob] = [await newPerson('alice'), await newPerson('bob')]
  for (const person of [alice, bob]) service.accounts.add(person)
  await service.as(alice).requestChat({ handle: 'bob' })
  const context = await createContext(service.serviceContext)
  service.accounts.unreachable = true
  await maintain(context)
  expect(service.logged.some((line) => line.includes('telling_failed'))).toBe(true)
  service.accounts.unreachable = false
  await Promise.all([maintain(context), maintain(context), context.notices.tell()])
  await context.notices.close()
  const { rows } = await service.database.query('SELECT kind FROM inbox')
  expect(rows).toEqual([{ kind: 2 }])
})

test('F4 a stream that no wake-up has reached goes on from PostgreSQL', async () => {
  const [carol, dave] = [await newPerson('carol'), await newPerson('dave')]
  for (const person of [carol, dave]) service.accounts.add(person)
  const deaf = await createContext({ ...service.serviceContext, bus: new MemoryBus() })
  const { device } = await meetDevice(service.database, dave)
  const stream: DeviceStream = new DeviceStream({
    device,
    accountId: dave.accountId,
    reader: new DeviceReader(deaf, { ...dave, device }),
    clock: service.clock,
    expiresAtMs: service.clock.nowMs() + 60_000,
    positions: new Map(),
    inboxPosition: 0n,
    onFollow: (chatIds) => deaf.hub.follow(stream, chatIds),
  })
  deaf.hub.open(stream)
  const events = stream.events()
  while ((await events.next()).value?.event.case !== 'caughtUp') {}
  const chat = await openChatBetween(service, carol, dave)
  const { application } = await message(carol, chat.groups[0])
  const entry = { case: 'application', value: application } as const
  await service.as(carol).append({ chatId: chat.id, messageId: randomBytes(16), entry })
  await maintain(deaf)
  expect((await events.next()).value?.event.case).toBe('inbox')
  expect((await events.next()).value?.event).toMatchObject({
    case: 'entries',
    value: { entries: [{ position: 2n }] },
  })
  deaf.hub.close(stream)
})

test('a failure is logged, and the next round comes', async () => {
  vi.useFakeTimers()
  try {
    const context = await createContext(service.serviceContext)
    context.notices.tell = vi
      .fn()
      .mockRejectedValueOnce(new RpcError(Code.Internal, 'broken'))
      .mockResolvedValue(undefined)
    const warn = vi.fn()
    const maintenance = startMaintenance(context, { ...silentLogger, warn })
    await vi.advanceTimersByTimeAsync(60_000)
    await maintenance.stop()
    expect(context.notices.tell).toHaveBeenCalledTimes(2)
    expect(warn).toHaveBeenCalledTimes(1)
  } finally {
    vi.useRealTimers()
  }
})

test('services start in any order: it waits for accounts, and no longer than it is told to', async () => {
  const running = await chats.create(service.serviceContext)
  service.accounts.unreachable = true
  const stopping = new AbortController()
  const started = running.start!(stopping.signal)
  stopping.abort()
  await expect(started).rejects.toThrow()
  service.accounts.unreachable = false
  await running.start!(new AbortController().signal)
  await running.drain!()
  await running.stop()
})
