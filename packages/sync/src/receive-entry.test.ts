import { clone, create } from '@bufbuild/protobuf'
import { commit } from '@veche/mls'
import { AccountId, MessageId } from '@veche/protocol'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toChanges } from './chat-record.ts'
import { applyChanges, newItem, Standing } from './local-chat.ts'
import { type Outcome, receiveEntry } from './receive-entry.ts'
import { createPair, entryOf, hashAfter, type Side, seal } from './testing/pair.ts'

const tampered = (entry: Entry, change: Partial<Entry>) => ({ ...clone(EntrySchema, entry), ...change })

function receivedIn(outcome: Outcome) {
  if (outcome.kind !== 'changes') throw new Error('a commit')
  const change = outcome.changes[0]?.change
  return { remark: outcome.remark, received: change?.case === 'received' ? change.value : undefined, outcome }
}

async function receive(side: Side, entry: Entry, isKnown = false) {
  return receivedIn(await receiveEntry(side.chat, entry, { ...side.reader, isKnown: async () => isKnown }))
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
  const second = await receive(bob, entryOf(alice, 3n, again), true)
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
  const known = await receive(alice, entryOf(alice, 2n, await seal(alice, 'shown before')), true)
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

test('a commit that cannot be followed stops the chat, and a message in its place is none', async () => {
  const { alice, bob } = await createPair()
  const sent = await seal(alice, 'x')
  const bad = tampered(entryOf(alice, 2n, sent), { kind: EntryKind.COMMIT, mlsMessage: new Uint8Array(9) })
  const { outcome, remark } = await receive(bob, bad)
  expect(remark).toEqual({ kind: 'stuck', detail: 'malformed' })
  expect(outcome.kind === 'changes' && outcome.changes[1]?.change.value).toBe(Standing.STUCK)
  const message = tampered(entryOf(alice, 2n, sent), { kind: EntryKind.COMMIT })
  expect((await receive(bob, message)).remark).toEqual({ kind: 'unreadable', detail: 'not a commit' })
  const handshake = await commit(alice.chat.group, alice.device, {})
  const disguised = tampered(entryOf(alice, 2n, sent), { mlsMessage: handshake.commit })
  expect((await receive(bob, disguised)).remark).toEqual({ kind: 'unreadable', detail: 'not a message' })
})

test('a removed entry leaves its hash', async () => {
  const { bob } = await createPair()
  const entry = create(EntrySchema, {
    position: 2n,
    kind: EntryKind.REMOVED,
    entryHash: new Uint8Array(32).fill(1),
  })
  const { received, remark } = await receive(bob, entry)
  expect(remark).toBeUndefined()
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
