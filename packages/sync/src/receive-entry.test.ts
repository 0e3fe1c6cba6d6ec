import { clone, create } from '@bufbuild/protobuf'
import { commit, loadPending } from '@veche/mls'
import { AccountId, MessageId } from '@veche/protocol'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toChanges } from './chat-record.ts'
import { applyChanges, enterEpoch, newItem, Standing } from './local-chat.ts'
import { type Outcome, receiveEntry } from './receive-entry.ts'
import { createPair, entryOf, hashAfter, type Side, seal } from './testing/pair.ts'

const tampered = (entry: Entry, change: Partial<Entry>) => ({ ...clone(EntrySchema, entry), ...change })

function receivedIn(outcome: Outcome) {
  if (outcome.kind !== 'changes') throw new Error('a commit')
  const change = outcome.changes[0]?.change
  return { remark: outcome.remark, received: change?.case === 'received' ? change.value : undefined, outcome }
}

async function receive(side: Side, entry: Entry, known?: bigint) {
  return receivedIn(await receiveEntry(side.chat, entry, { ...side.reader, find: async () => known }))
}

test('M14: what one writes the other reads, and the log hash goes on', async () => {
  const { alice, bob } = await createPair()
  const sent = await seal(alice, 'hello')
  const entry = entryOf(alice, 2n, sent)
  const { received, remark } = await receive(bob, entry)
  expect(remark).toBeUndefined()
  expect(received).toMatchObject({ position: 2n, fork: false, logHash: hashAfter(bob.chat, entry) })
  expect(received?.message).toMatchObject({
    messageId: MessageId.toBytes(sent.messageId),
    accountId: AccountId.toBytes(alice.identity.accountId),
    content: sent.content,
  })
})

test('what anybody could have changed on the way is refused, and the log goes on', async () => {
  const { alice, bob } = await createPair()
  const [one, other] = [await seal(alice, 'one'), await seal(alice, 'other')]
  const entry = entryOf(alice, 2n, one)
  const foreign = entryOf(bob, 2n, one)
  const changed = one.application.contentCiphertext.slice()
  changed[0]! ^= 1
  const forgeries: Partial<Entry>[] = [
    { contentCiphertext: changed },
    { contentCiphertext: other.application.contentCiphertext },
    { contentCiphertext: new Uint8Array() },
    { messageId: MessageId.toBytes(other.messageId) },
    { messageId: new Uint8Array(3) },
    { mlsMessage: new Uint8Array() },
    { mlsMessage: new Uint8Array(100) },
    { deviceId: new Uint8Array(16) },
    { accountId: foreign.accountId },
    { kind: EntryKind.UNSPECIFIED },
    { kind: 77 as EntryKind },
  ]
  for (const forgery of forgeries) {
    const { received, remark } = await receive(bob, tampered(entry, forgery))
    expect(remark?.kind).toBe('unreadable')
    expect(received?.position).toBe(2n)
    expect(received?.message).toBeUndefined()
  }
})

test('A11: a message whose id was received before is not shown again', async () => {
  const { alice, bob } = await createPair()
  const sent = await seal(alice, 'once')
  const again = await seal(alice, 'once', { messageId: sent.messageId })
  const { received } = await receive(bob, entryOf(alice, 2n, sent))
  bob.chat = applyChanges(bob.chat, toChanges({ case: 'received', value: received! }))
  const second = await receive(bob, entryOf(alice, 3n, again), 2n)
  expect(second.remark).toEqual({ kind: 'replayed' })
  expect(second.received?.message).toBeUndefined()
  expect(second.received?.delta.length).toBeGreaterThan(0)
})

test('A11: the same ciphertext twice is refused by its generation', async () => {
  const { alice, bob } = await createPair()
  const sent = await seal(alice, 'once')
  const { received } = await receive(bob, entryOf(alice, 2n, sent))
  bob.chat = applyChanges(bob.chat, toChanges({ case: 'received', value: received! }))
  const { remark } = await receive(bob, entryOf(alice, 3n, sent))
  expect(remark).toEqual({ kind: 'unreadable', detail: 'replayed' })
})

test('A9: the first message of one who saw another log raises the alarm', async () => {
  const { alice, bob } = await createPair()
  const first = entryOf(alice, 2n, await seal(alice, 'one'))
  const shownToBob = tampered(first, { wrappedKey: new Uint8Array(60) })
  alice.chat = {
    ...alice.chat,
    position: 2n,
    logHashes: [...alice.chat.logHashes, hashAfter(alice.chat, first)],
  }
  const { received } = await receive(bob, shownToBob)
  bob.chat = applyChanges(bob.chat, toChanges({ case: 'received', value: received! }))
  const crossing = await receive(bob, entryOf(alice, 3n, await seal(alice, 'two')))
  expect(crossing.remark).toEqual({ kind: 'fork' })
  expect(crossing.received).toMatchObject({ fork: true })
  expect(crossing.received?.message).toBeDefined()
})

test('A9: who claims to have seen what is yet to come saw another log', async () => {
  const { alice, bob } = await createPair()
  alice.chat = { ...alice.chat, position: 9n }
  const { remark } = await receive(bob, entryOf(alice, 2n, await seal(alice, 'one')))
  expect(remark).toEqual({ kind: 'fork' })
})

test("a device's own message comes back from its outbox", async () => {
  const { alice } = await createPair()
  const sent = await seal(alice, 'mine')
  const item = newItem(MessageId.toBytes(sent.messageId), sent.content)
  alice.chat = applyChanges(alice.chat, toChanges({ case: 'queued', value: item }))
  const { received } = await receive(alice, entryOf(alice, 2n, sent))
  expect(received?.message?.content).toEqual(sent.content)
  const after = applyChanges(alice.chat, toChanges({ case: 'received', value: received! }))
  expect(after.outbox).toEqual([])
})

test('A19: a message of its own that a device does not know says that its state is an old one', async () => {
  const { alice } = await createPair()
  const { outcome, remark } = await receive(alice, entryOf(alice, 2n, await seal(alice, 'of another life')))
  expect(remark?.kind).toBe('rolled-back')
  const after = applyChanges(alice.chat, outcome.kind === 'changes' ? outcome.changes : [])
  expect(after.standing).toBe(Standing.ROLLED_BACK)
  const known = await receive(alice, entryOf(alice, 2n, await seal(alice, 'shown before')), 1n)
  expect(known.remark).toEqual({ kind: 'replayed' })
})

test('a commit begins an epoch, and a pending one that lost is due again (A7)', async () => {
  const { alice, bob } = await createPair()
  const winner = await commit(alice.chat.group, alice.device, {})
  const loser = await commit(bob.chat.group, bob.device, {})
  const pending = { messageId: new Uint8Array(16), saved: loser.saved }
  bob.chat = applyChanges(bob.chat, toChanges({ case: 'committed', value: pending }))
  const entry = tampered(entryOf(alice, 2n, await seal(alice, 'x')), {
    kind: EntryKind.COMMIT,
    mlsMessage: winner.commit,
  })
  const outcome = await receiveEntry(bob.chat, entry, bob.reader)
  if (outcome.kind !== 'epoch') throw new Error('not a commit')
  expect(outcome.chat).toMatchObject({ position: 2n, pending: undefined, updateDue: true })
  expect(outcome.chat.epochs.map(({ epoch }) => epoch)).toEqual([1n, 2n])
})

test('A19: a commit of its own that a device does not know says so too; its pending one is applied', async () => {
  const { alice } = await createPair()
  const made = await commit(alice.chat.group, alice.device, {})
  const entry = tampered(entryOf(alice, 2n, await seal(alice, 'x')), {
    kind: EntryKind.COMMIT,
    mlsMessage: made.commit,
  })
  const { remark } = await receive(alice, entry)
  expect(remark?.kind).toBe('rolled-back')
  const pending = { messageId: entry.messageId, saved: made.saved }
  alice.chat = applyChanges(alice.chat, toChanges({ case: 'committed', value: pending }))
  const outcome = await receiveEntry(alice.chat, entry, alice.reader)
  expect(outcome).toMatchObject({ kind: 'epoch', chat: { pending: undefined, updateDue: false } })
})

test('A9: messages in another order than they were written in are shown with the alarm', async () => {
  const { alice, bob } = await createPair()
  const [first, second] = [await seal(alice, 'one'), await seal(alice, 'two')]
  const early = await receive(bob, entryOf(alice, 2n, second))
  expect(early.remark).toBeUndefined()
  bob.chat = applyChanges(bob.chat, toChanges({ case: 'received', value: early.received! }))
  const late = await receive(bob, entryOf(alice, 3n, first))
  expect(late.remark).toEqual({ kind: 'fork' })
  expect(late.received?.message?.content).toEqual(first.content)
})

test('A9: a message of before the epoch after one of it is late, too', async () => {
  const { alice, bob } = await createPair()
  const before = await seal(alice, 'one')
  const made = await commit(alice.chat.group, alice.device, {})
  const began = tampered(entryOf(alice, 2n, before), { kind: EntryKind.COMMIT, mlsMessage: made.commit })
  const at = { position: 2n, logHash: hashAfter(alice.chat, began) }
  alice.chat = await enterEpoch(alice.chat, loadPending(made.saved).next, at)
  const outcome = await receiveEntry(bob.chat, began, bob.reader)
  if (outcome.kind !== 'epoch') throw new Error('not a commit')
  bob.chat = outcome.chat
  const after = await receive(bob, entryOf(alice, 3n, await seal(alice, 'two')))
  expect(after.remark).toBeUndefined()
  bob.chat = applyChanges(bob.chat, toChanges({ case: 'received', value: after.received! }))
  expect((await receive(bob, entryOf(alice, 4n, before))).remark).toEqual({ kind: 'fork' })
})

test('A9: who saw only what was before this device came is not of its log', async () => {
  const { alice, bob } = await createPair()
  bob.chat = { ...bob.chat, position: 5n }
  const { remark } = await receive(bob, entryOf(alice, 6n, await seal(alice, 'from position 1')))
  expect(remark).toEqual({ kind: 'fork' })
})

test('A19: an entry that only bears the name of this device does not stop it', async () => {
  const { alice, bob } = await createPair()
  const foreign = entryOf(bob, 2n, await seal(bob, 'of another leaf'))
  const frame = entryOf(alice, 2n, await seal(alice, 'x'))
  for (const mlsMessage of [new Uint8Array(9), foreign.mlsMessage]) {
    const { remark, outcome } = await receive(alice, tampered(frame, { mlsMessage }))
    expect(remark).toEqual({ kind: 'unreadable', detail: 'not of this device' })
    expect(outcome.kind === 'changes' && outcome.changes).toHaveLength(1)
  }
})

test('A10: a commit that a member signed and this device cannot follow stops the chat', async () => {
  const { alice, bob } = await createPair()
  const made = await commit(alice.chat.group, alice.device, {})
  const { engine } = bob.chat.group
  const keyless = { ...engine, privatePath: { ...engine.privatePath, privateKeys: {} } }
  bob.chat = { ...bob.chat, group: { ...bob.chat.group, engine: keyless } }
  const frame = entryOf(alice, 2n, await seal(alice, 'x'))
  const entry = tampered(frame, { kind: EntryKind.COMMIT, mlsMessage: made.commit })
  const { outcome, remark } = await receive(bob, entry)
  expect(remark).toEqual({ kind: 'stuck', detail: 'not-verified', by: alice.reader.accountId })
  // The entry stays where it is: the server keeps what follows until this device has it.
  expect(outcome.kind === 'changes' && outcome.changes.map(({ change }) => change.value)).toEqual([
    Standing.STUCK,
  ])
})

test('A1: what no member signed is no commit, and the log goes on', async () => {
  const { alice, bob } = await createPair()
  const sent = await seal(alice, 'x')
  const { commit: bytes } = await commit(alice.chat.group, alice.device, {})
  const forged = bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)
  for (const [mlsMessage, detail] of [
    [new Uint8Array(9), 'malformed'],
    [forged, 'not-verified'],
    [sent.application.mlsMessage, 'not a commit'],
  ] as const) {
    const entry = tampered(entryOf(alice, 2n, sent), { kind: EntryKind.COMMIT, mlsMessage })
    const { outcome, remark } = await receive(bob, entry)
    expect(remark).toEqual({ kind: 'unreadable', detail })
    expect(outcome.kind === 'changes' && outcome.changes).toHaveLength(1)
  }
  const disguised = tampered(entryOf(alice, 2n, sent), { mlsMessage: bytes })
  expect((await receive(bob, disguised)).remark).toEqual({ kind: 'unreadable', detail: 'not a message' })
})

test('A9 A19: a removed entry leaves its hash; who never had it is told, and begins an epoch before it writes', async () => {
  const { bob } = await createPair()
  const entry = create(EntrySchema, {
    position: 2n,
    kind: EntryKind.REMOVED,
    entryHash: new Uint8Array(32).fill(1),
  })
  const { received, remark } = await receive(bob, entry)
  expect(remark).toEqual({ kind: 'unreadable', detail: 'removed before this device had it' })
  const after = applyChanges(bob.chat, toChanges({ case: 'received', value: received! }))
  expect([bob.chat.updateDue, after.updateDue]).toEqual([false, true])
  expect(received?.logHash).toEqual(hashAfter(bob.chat, entry))
  await expect(receive(bob, tampered(entry, { entryHash: new Uint8Array(31) }))).rejects.toThrow('no hash')
})

test('no entry of random bytes is more than unreadable', async () => {
  const { alice, bob } = await createPair()
  const sent = entryOf(alice, 2n, await seal(alice, 'x'))
  const bytes = fc.uint8Array({ maxLength: 300 })
  const change = fc.record(
    {
      mlsMessage: bytes,
      contentCiphertext: bytes,
      wrappedKey: bytes,
      messageId: bytes,
      accountId: bytes,
      deviceId: bytes,
    },
    { requiredKeys: ['mlsMessage'] },
  )
  await fc.assert(
    fc.asyncProperty(
      change,
      fc.constantFrom(EntryKind.APPLICATION, EntryKind.COMMIT),
      async (forged, kind) => {
        const { remark, received } = await receive(bob, tampered(sent, { ...forged, kind }))
        expect(remark).toBeDefined()
        expect(received?.message).toBeUndefined()
      },
    ),
    { numRuns: 200, seed: Number(process.env.VECHE_SEED ?? Date.now()) },
  )
})
