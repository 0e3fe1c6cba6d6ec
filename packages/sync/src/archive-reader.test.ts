import { MemoryFiles, type Unsynced } from '@veche/history'
import { MessageId, randomId } from '@veche/protocol'
import type { ListArchiveResponse } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ArchiveGapReason } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { describe, expect, test } from 'vitest'
import { RefusedError, UnreachableError } from './errors.ts'
import { KeptLog, LateDevice } from './testing/archive.ts'
import { newSide } from './testing/pair.ts'

describe('M15, M16: a device that comes later', () => {
  test('M15, M16 reads what the server has kept, the newest page first, and in the end all of it', async () => {
    const log = await (await KeptLog.create()).fill(100)
    const device = await new LateDevice(log).begin()
    await device.reader.readOn(device.chat)
    expect((await device.texts()).at(-1)).toBe('epoch 4, message 99')
    expect(device.chat.messages.newest?.position).toBe(log.head - 1n)
    expect(device.reader.hasNewest).toBe(true)
    await device.readAll()
    const all = [1, 2, 3, 4].flatMap((epoch) =>
      Array.from({ length: 100 }, (_, index) => `epoch ${epoch}, message ${index}`),
    )
    expect(await device.texts()).toEqual(all)
    const { archive, unread, read } = device.chat.state
    expect([archive?.ended, archive?.reached, archive?.gaps]).toEqual([true, 1n, []])
    expect([unread, read]).toEqual([0, log.head])
    expect(log.asked).toEqual([406n, 356n, 156n])
  })

  test('M16 finds and exports old messages as it does others', async () => {
    const log = await (await KeptLog.create()).fill(30)
    const device = await new LateDevice(log).begin()
    await device.readAll()
    const found: bigint[] = []
    for await (const { position } of device.chat.messages.search('epoch 1, message 29')) found.push(position)
    expect(found).toEqual([31n])
    const positions: bigint[] = []
    await device.chat.messages.giveAll(async ({ position }) => void positions.push(position))
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)))
    expect(positions).toHaveLength(120)
  })

  test('M16 whoever scrolls up gets the next page once, however often they ask', async () => {
    const log = await (await KeptLog.create()).fill(100)
    const device = await new LateDevice(log).begin()
    await Promise.all([1, 2, 3].map(() => device.reader.readOn(device.chat)))
    expect(log.asked).toEqual([406n])
  })

  test('M15 what has no key, is not signed or was removed is counted, and told at its place', async () => {
    const log = await KeptLog.create()
    const stranger = { ...(await newSide('mallory')), chat: log.bob.chat }
    log.commit()
    await log.say('before', 1n)
    await log.say('no key', 2n)
    log.commit()
    await log.say('no key', 2n)
    await log.say('after', 3n)
    await log.say('signed by another', 3n, { signedBy: log.alice })
    await log.say('of a stranger', 3n, { as: stranger })
    log.removed()
    log.commit()
    log.senders = [...log.senders, stranger]
    const device = await new LateDevice(log).begin([1n, 3n])
    await device.readAll()
    expect(await device.texts()).toEqual(['before', 'after'])
    expect(
      device.chat.state.archive?.gaps.map(({ first, last, count, reason }) => [first, last, count, reason]),
    ).toEqual([
      [3n, 5n, 2, ArchiveGapReason.NO_KEY],
      [7n, 8n, 2, ArchiveGapReason.INVALID],
      [9n, 10n, 1, ArchiveGapReason.REMOVED],
    ])
    expect(device.notices()).toEqual([])
  })

  test('M15 a gap that goes on over pages is one, and closes once its keys are known', async () => {
    const log = await (await KeptLog.create()).fill(100)
    const device = await new LateDevice(log).begin([1n, 4n])
    await device.readAll()
    expect(device.chat.state.archive?.gaps.map(({ count }) => count)).toEqual([200])
    await device.learn([2n, 3n])
    await device.chat.resetArchive()
    await device.readAll()
    expect(device.chat.state.archive?.gaps).toEqual([])
    expect(await device.texts()).toHaveLength(400)
  })

  test('M22 a chat that is not kept on the device fetches nothing, and nothing any more once it is not', async () => {
    const log = await (await KeptLog.create()).fill(100)
    const device = await new LateDevice(log).begin()
    await device.reader.readOn(device.chat)
    await device.chat.keeping.setDevice(false)
    expect(await device.texts()).toEqual([])
    await device.readAll()
    await device.chat.keeping.setDevice(true)
    await device.readAll()
    expect(await device.texts()).toEqual([])
    expect(log.asked).toEqual([406n])
  })

  test('A11 a message that the log has twice is shown once', async () => {
    const log = await KeptLog.create()
    const messageId = randomId(MessageId)
    log.commit()
    for (const _ of [1, 2]) await log.say('once', 1n, { messageId })
    log.commit()
    const device = await new LateDevice(log).begin()
    await device.readAll()
    expect(await device.texts()).toEqual(['once'])
  })

  test('a server that is not there, or refuses, is asked again by the next run', async () => {
    const log = await (await KeptLog.create()).fill(10)
    const device = await new LateDevice(log).begin()
    for (const failure of [new UnreachableError(), new RefusedError('chat_unknown')]) {
      log.failure = failure
      await device.readAll()
      expect([device.reader.isHalted, device.reader.hasNewest]).toEqual([true, true])
    }
    log.failure = undefined
    await device.readAll()
    expect(await device.texts()).toHaveLength(40)
  })
})

test('M16 a server that wishes to be asked less often is waited for', async () => {
  const log = await (await KeptLog.create()).fill(100)
  const device = await new LateDevice(log).begin()
  log.failure = new RefusedError('too_many_calls', { retryAfterMs: 5 })
  const reading = device.readAll()
  await expect(device.reader.readOn(device.chat)).rejects.toThrow('too_many_calls')
  log.failure = undefined
  await reading
  expect([await device.texts(), device.reader.isHalted]).toMatchObject([{ length: 400 }, false])
})

describe('A9: a page of the archive that is not of the log', () => {
  const lies: Record<string, (page: ListArchiveResponse) => void> = {
    'another text': ({ entries }) => {
      entries[3]!.contentCiphertext = new Uint8Array(300)
    },
    'another sender': ({ entries }) => {
      entries[3]!.accountId = new Uint8Array(32)
    },
    'another order': ({ entries }) => {
      const [one, other] = [entries[3]!.messageId, entries[4]!.messageId]
      entries[3]!.messageId = other
      entries[4]!.messageId = one
    },
    'a message left out': ({ entries }) => {
      entries.splice(3, 1)
    },
    'the newest left out': ({ entries }) => {
      entries.pop()
    },
    'one more': ({ entries }) => {
      entries.unshift({ ...entries[0]!, position: entries[0]!.position - 1n })
    },
    'another past': (page) => {
      page.previousLogHash = new Uint8Array(32).fill(9)
    },
    'no past': (page) => {
      page.previousLogHash = new Uint8Array()
    },
    'fields that run into each other': ({ entries }) => {
      const [entry] = entries.filter(({ kind }) => kind === EntryKind.APPLICATION)
      const both = new Uint8Array([...entry!.accountId, ...entry!.deviceId])
      entry!.accountId = both.slice(0, 31)
      entry!.deviceId = both.slice(31)
    },
    'nothing, and more': (page) => {
      page.entries = []
      page.more = true
    },
    'an unknown kind': ({ entries }) => {
      entries[3]!.kind = 9 as EntryKind
    },
  }

  test.each(Object.keys(lies))('A9 %s: nothing of it is taken, and people are told once', async (name) => {
    const log = await (await KeptLog.create()).fill(20)
    const device = await new LateDevice(log).begin()
    const { archive } = device.chat.state
    log.tamper = lies[name]!
    await device.readAll()
    await device.readAll()
    expect(device.notices()).toEqual(['archive-altered'])
    expect([await device.texts(), device.chat.state.archive]).toEqual([[], archive])
  })

  test('A9 a message that is passed off as a commit, by its true hash, is one commit too many', async () => {
    const log = await (await KeptLog.create()).fill(20)
    const device = await new LateDevice(log).begin()
    log.tamper = ({ entries }) => {
      const index = entries.findIndex(({ kind }) => kind === EntryKind.APPLICATION)
      const position = Number(entries[index]!.position)
      entries[index] = { ...log.hashOnly(position), kind: EntryKind.COMMIT }
    }
    await device.readAll()
    expect(device.notices()).toEqual(['archive-altered'])
  })

  test('A9 no history ends in another past than the beginning', async () => {
    const log = await (await KeptLog.create()).fill(1)
    log.hashes[0] = new Uint8Array(32).fill(1)
    const device = await new LateDevice(log).begin()
    await device.readAll()
    expect(device.notices()).toEqual(['archive-altered'])
  })
})

describe('F16: a program that dies while it reads', () => {
  const deaths = Array.from({ length: 40 }, (_, step) => step + 1)

  test.each<Unsynced>(['lost', 'kept'])(
    'M16 at any step of its disk (%s) goes on, and has all of it once',
    async (unsynced) => {
      const log = await (await KeptLog.create()).fill(70)
      const begun = await new LateDevice(log).begin()
      const snapshot = begun.files.snapshot()
      for (const after of deaths) {
        const files = MemoryFiles.from(snapshot)
        const dying = await new LateDevice(log, files).resume()
        files.stopAfter = files.steps + after
        await dying.readAll().catch(() => {})
        const device = await new LateDevice(log, files.afterCrash(unsynced)).resume()
        await device.readAll()
        const texts = await device.texts()
        expect([texts.length, new Set(texts).size, device.chat.state.archive?.ended]).toEqual([
          280,
          280,
          true,
        ])
      }
    },
  )

  test('M16 at any named step goes on with the page that was not stored', async () => {
    const log = await (await KeptLog.create()).fill(70)
    const begun = await new LateDevice(log).begin()
    const snapshot = begun.files.snapshot()
    for (const name of [
      'archive: fetch',
      'chat: older',
      'chat: older filed',
      'chat: record',
      'chat: recorded',
    ]) {
      const files = MemoryFiles.from(snapshot)
      const dying = await new LateDevice(log, files).resume()
      dying.onStep = (step) => {
        if (step === name) throw new Error('died')
      }
      await dying.readAll().catch(() => {})
      const device = await new LateDevice(log, files.afterCrash('lost')).resume()
      await device.readAll()
      expect(await device.texts()).toHaveLength(280)
    }
  })
})

test('M16 10,000 messages: the first page, and all of them', async () => {
  const log = await (await KeptLog.create()).fill(2500)
  const device = await new LateDevice(log).begin()
  const start = performance.now()
  await device.reader.readOn(device.chat)
  const first = performance.now()
  await device.readAll()
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  process.stdout.write(`first page: ${seconds(first - start)}, all: ${seconds(performance.now() - start)}\n`)
  expect(await device.texts()).toHaveLength(10_000)
})
