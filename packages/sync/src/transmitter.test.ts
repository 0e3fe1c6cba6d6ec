import { importProfileKey, MemoryFiles } from '@veche/history'
import { MessageId, randomId } from '@veche/protocol'
import type { AppendRequest, Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { Standing } from './local-chat.ts'
import { Receipts } from './receipts.ts'
import { noSteps } from './steps.ts'
import { createPair, entryOf, NOW_MS } from './testing/pair.ts'
import { type Line, pull, transmit } from './transmitter.ts'

/** A chat, and a line whose server answers appends as it is told and otherwise keeps a log. */
async function setUp(change: Partial<Chat['state']> = {}) {
  const { alice } = await createPair()
  const events: SyncEvent[] = []
  const context = {
    ...alice,
    files: new MemoryFiles(),
    profileKey: await importProfileKey(new Uint8Array(32)),
    nowMs: () => NOW_MS,
    onEvent: (event: SyncEvent) => void events.push(event),
    onStep: noSteps,
  }
  const chat = await Chat.create(context, { ...alice.chat, ...change })
  const log: Entry[] = []
  const refusals: Error[] = []
  const append = async ({ messageId, entry }: AppendRequest) => {
    const refusal = refusals.shift()
    if (refusal) throw refusal
    const position = BigInt(log.length) + 2n
    const id = MessageId.fromBytes(messageId)
    if (entry.case === 'application')
      log.push(entryOf(alice, position, { messageId: id, application: entry.value }))
    if (entry.case === 'handshake') {
      const application = {
        mlsMessage: entry.value.commit,
        contentCiphertext: new Uint8Array(),
        wrappedKey: new Uint8Array(),
      }
      const made = entryOf(alice, position, { messageId: id, application: application as never })
      log.push({ ...made, kind: EntryKind.COMMIT })
    }
    return { position, receivedAtMs: 7n }
  }
  const listEntries = async ({ after }: { after: bigint }) => ({
    entries: log.filter(({ position }) => position > after),
    head: BigInt(log.length) + 1n,
  })
  const receipts = new Receipts()
  const server = { append, listEntries, createChat: append } as unknown as Line['server']
  const line: Line = { server, receipts, onStep: noSteps, signal: new AbortController().signal }
  const queue = async (text: string) => {
    const id = randomId(MessageId)
    await chat.queue(text, id)
    return { id, acknowledged: receipts.expect(id) }
  }
  return { chat, line, log, refusals, events, queue }
}

test('messages go one after another and are acknowledged', async () => {
  const { chat, line, log, queue } = await setUp()
  const [one, two] = [await queue('one'), await queue('two')]
  await transmit(line, chat)
  expect(await one.acknowledged).toEqual({ seq: 2n, at: 7 })
  expect(await two.acknowledged).toEqual({ seq: 3n, at: 7 })
  expect(log).toHaveLength(2)
  await pull(line, chat)
  expect(chat.state).toMatchObject({ position: 3n, outbox: [] })
})

test('a message that is refused is kept, told of, and does not hold up the next', async () => {
  const { chat, line, log, refusals, events, queue } = await setUp()
  const [bad, good] = [await queue('bad'), await queue('good')]
  refusals.push(new RefusedError('not_allowed'))
  await transmit(line, chat)
  await expect(bad.acknowledged).rejects.toMatchObject({ reason: 'not_allowed' })
  await good.acknowledged
  expect(log).toHaveLength(1)
  expect(events).toContainEqual({
    kind: 'notice',
    notice: { kind: 'not-sent', detail: 'not_allowed', chat: chat.state.chatId },
  })
  expect(chat.state.outbox).toMatchObject([{ refused: 'not_allowed', position: 0n }, { position: 2n }])
  await transmit(line, chat)
  expect(log).toHaveLength(1)
})

test('M19 a refused message goes when the user has it sent again, encrypted anew, and is shown once', async () => {
  const { chat, line, log, refusals, queue } = await setUp()
  const refused = await queue('are you there')
  refusals.push(new RefusedError('not_accepted'), new RefusedError('not_accepted'))
  await transmit(line, chat)
  const id = MessageId.toBytes(refused.id)
  await chat.resume(id)
  await transmit(line, chat)
  expect(chat.state.outbox).toMatchObject([{ refused: 'not_accepted' }])
  expect(chat.state.outbox[0]!.sealed).toBeUndefined()
  await chat.resume(id)
  await chat.resume(id)
  await transmit(line, chat)
  expect(log.map(({ messageId }) => Buffer.from(messageId))).toEqual([Buffer.from(id)])
  await pull(line, chat)
  expect(chat.state.outbox).toEqual([])
  await chat.refuse(id, 'not_accepted')
  await chat.resume(id)
  expect(chat.state.outbox).toEqual([])
})

test('a message that the server says it refused, and has, is shown as sent', async () => {
  const { chat, line, log, queue } = await setUp()
  const { id } = await queue('stored after all')
  const lying: Line = {
    ...line,
    server: {
      ...line.server,
      append: async (...call: Parameters<Line['server']['append']>) => {
        await line.server.append(...call)
        throw new RefusedError('not_accepted')
      },
    },
  }
  await transmit(lying, chat)
  expect(log).toHaveLength(1)
  await pull(line, chat)
  expect(chat.state).toMatchObject({ outbox: [], standing: Standing.OPEN, position: 2n })
  expect((await chat.messages.read(1))[0]).toMatchObject({ messageId: id })
})

test('A12 after a thousand refused messages in one epoch the device begins another', async () => {
  const { chat, line, log, refusals, queue } = await setUp({ skipped: 999 })
  await queue('the thousandth')
  refusals.push(new RefusedError('not_accepted'))
  await transmit(line, chat)
  expect(chat.state).toMatchObject({ skipped: 1000, updateDue: true })
  await queue('accepted')
  await transmit(line, chat)
  expect(log.map(({ kind }) => kind)).toEqual([EntryKind.COMMIT, EntryKind.APPLICATION])
  expect(chat.state).toMatchObject({ skipped: 0, updateDue: false })
})

test('A13 a server that calls the present epoch old is not asked again and again', async () => {
  const { chat, line, refusals, queue } = await setUp()
  await queue('of the present epoch')
  refusals.push(new RefusedError('stale_epoch'))
  const sealed = (await chat.prepare({ update: false }))!
  await expect(transmit(line, chat)).rejects.toThrow(UnreachableError)
  expect(await chat.prepare({ update: false })).toEqual(sealed)
  await transmit(line, chat)
  expect(chat.state.outbox).toMatchObject([{ position: 2n }])
})

test('where the server says when, it is tried again then; a refused device ends the sending', async () => {
  const { chat, line, refusals, queue } = await setUp()
  const message = await queue('patience')
  refusals.push(new RefusedError('too_many_calls', { retryAfterMs: 1 }))
  await transmit(line, chat)
  await message.acknowledged
  await queue('from a revoked device')
  refusals.push(new RefusedError('proof_invalid'))
  await expect(transmit(line, chat)).rejects.toThrow('proof_invalid')
  refusals.push(new UnreachableError())
  await expect(transmit(line, chat)).rejects.toThrow(UnreachableError)
  expect(chat.state.outbox).toHaveLength(2)
})

test('an update that is due goes before the first message, and in its time without one', async () => {
  const { chat, line, log, queue } = await setUp({ updateDue: true })
  await transmit(line, chat)
  expect(log).toEqual([])
  await queue('hello')
  await transmit(line, chat)
  expect(log.map(({ kind }) => kind)).toEqual([EntryKind.COMMIT, EntryKind.APPLICATION])
  expect(chat.state.epochs).toHaveLength(2)
  const alone = await setUp({ updateDue: true })
  await transmit(alone.line, alone.chat, { update: true })
  expect(alone.log.map(({ kind }) => kind)).toEqual([EntryKind.COMMIT])
})

test('a commit that is refused is dropped; one that the server then does not show ends the session', async () => {
  const refused = await setUp({ updateDue: true })
  refused.refusals.push(new RefusedError('commit_invalid'))
  await transmit(refused.line, refused.chat, { update: true })
  expect(refused.chat.state).toMatchObject({ pending: undefined, updateDue: false })

  const later = await setUp({ updateDue: true })
  later.refusals.push(new RefusedError('too_many_calls', { retryAfterMs: 1 }))
  await transmit(later.line, later.chat, { update: true })
  expect(later.log).toHaveLength(1)

  const hidden = await setUp({ updateDue: true })
  hidden.refusals.push(new RefusedError('epoch_conflict'))
  await expect(transmit(hidden.line, hidden.chat, { update: true })).rejects.toThrow(UnreachableError)
  const broken = await setUp({ updateDue: true })
  broken.refusals.push(new UnreachableError())
  await expect(transmit(broken.line, broken.chat, { update: true })).rejects.toThrow(UnreachableError)
})

test('in a chat that is closed nothing is sent', async () => {
  const { chat, line, log, queue } = await setUp({ standing: Standing.STUCK })
  await queue('never')
  await transmit(line, chat)
  expect(log).toEqual([])
})

test('a log that does not go on is not waited for', async () => {
  const { chat, line } = await setUp()
  const server = {
    ...line.server,
    listEntries: async () => ({ entries: [], head: 5n }),
  } as unknown as Line['server']
  await expect(pull({ ...line, server }, chat)).rejects.toThrow('leaves out')
})
