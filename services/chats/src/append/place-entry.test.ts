import { AccountId, ChatId, DeviceId, EMPTY_LOG_HASH, randomId } from '@veche/protocol'
import { ChatType, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { entryHash, nextLogHash } from './entry-hash.ts'
import type { AddedDevice, CommitEffect, NewEntry } from './new-entry.ts'
import { type LogHead, type Placement, placeEntry } from './place-entry.ts'
import { groupIdOf } from './read-entry.ts'
import { applyCommit, type Device, type DeviceNumber, deviceKey, type Member, rosterOf } from './roster.ts'

const chatId = randomId(ChatId)
const [alice, bob] = [1, 2].map((byte) => AccountId.fromBytes(new Uint8Array(32).fill(byte))) as [
  AccountId,
  AccountId,
]
const device = (accountId: AccountId): AddedDevice => ({
  accountId,
  deviceId: randomId(DeviceId),
  signatureKey: new Uint8Array(32),
})
const numbered = (from: Device, number: bigint) => ({ ...from, device: number as DeviceNumber })
const member = (from: Device, leaf: number): Member => ({ ...numbered(from, BigInt(leaf)), leaf, since: 0n })

const [phone, laptop, stranger] = [device(alice), device(bob), device(bob)]
const head: LogHead = {
  chatId,
  incarnation: 1,
  position: 4n,
  epoch: 5n,
  logHash: new Uint8Array(32).fill(9),
  type: ChatType.PRIVATE,
  roster: rosterOf([member(phone, 0), member(laptop, 1)]),
  arrivalEpoch: 0n,
  blockedBy: [],
  silent: new Set(),
}
const entry = (sender: Device, epoch: bigint, commit?: Partial<CommitEffect>): NewEntry => ({
  chatId,
  sender,
  groupId: groupIdOf(chatId, 1),
  epoch,
  messageId: new Uint8Array(16),
  mlsMessage: Uint8Array.of(1),
  contentCiphertext: Uint8Array.of(2),
  wrappedKey: Uint8Array.of(3),
  ...(commit && {
    commit: {
      senderLeaf: 0,
      adds: [],
      removes: [],
      revoked: new Set(),
      welcome: new Uint8Array(),
      ...commit,
    },
  }),
})
const place = (next: NewEntry) => placeEntry(head, next, new Map([[deviceKey(stranger), 7n as DeviceNumber]]))
const reason = (placement: Placement) => (placement.kind === 'refused' ? placement.reason : 'placed')

test('M19 where one of the two blocks neither can write, each for a reason of its own; commits pass', () => {
  const blocked = { ...head, blockedBy: [alice] }
  const reasonIn = (at: LogHead, next: NewEntry) => reason(placeEntry(at, next, new Map()))
  expect(reasonIn(blocked, entry(phone, 5n))).toBe('blocked_by_you')
  expect(reasonIn(blocked, entry(laptop, 5n))).toBe('not_accepted')
  expect(reasonIn(blocked, entry(laptop, 1n))).toBe('not_accepted')
  expect(reasonIn({ ...head, blockedBy: [alice, bob] }, entry(laptop, 5n))).toBe('blocked_by_you')
  expect(reasonIn(blocked, entry(stranger, 5n))).toBe('chat_unknown')
  const update = placeEntry(blocked, entry(laptop, 5n, { senderLeaf: 1 }), new Map())
  expect(update).toMatchObject({ kind: 'placed', head: { epoch: 6n, blockedBy: [alice] } })
})

test('an entry follows the last one and binds all before it', () => {
  const placement = place(entry(laptop, 5n))
  const placed = placement.kind === 'placed' ? placement.entry : undefined
  const expected = entryHash({
    ...entry(laptop, 5n),
    position: 5n,
    kind: EntryKind.APPLICATION,
    accountId: AccountId.toBytes(laptop.accountId),
    deviceId: DeviceId.toBytes(laptop.deviceId),
  })
  expect(placed).toMatchObject({ position: 5n, device: 1n, entryHash: expected })
  expect(placement).toMatchObject({
    head: { position: 5n, epoch: 5n, logHash: nextLogHash(head.logHash, expected) },
  })
})

test('A9 the hashes are those that the contract writes down', () => {
  const zero = new Uint8Array(32)
  const hashed = entryHash({
    position: 1n,
    kind: EntryKind.COMMIT,
    accountId: zero,
    deviceId: new Uint8Array(16),
    messageId: new Uint8Array(16),
    mlsMessage: new Uint8Array(),
    contentCiphertext: new Uint8Array(),
    wrappedKey: new Uint8Array(),
  })
  // Computed apart, by coreutils: printf and sha256sum.
  expect(Buffer.from(hashed).toString('hex')).toBe(
    '51f8f5060714ff9d99d275d471c0fb371539265622b132e2a137b245b4a15e46',
  )
  expect(Buffer.from(nextLogHash(EMPTY_LOG_HASH, hashed)).toString('hex')).toBe(
    'bf0fbb5ced05db3975b125be26a4e2b5aba2c1ac35925dc68504226b95e29a41',
  )
})

test('A13 a message two epochs old is taken, an older or a future one is not', () => {
  expect([2n, 3n, 5n, 6n].map((epoch) => reason(place(entry(phone, epoch))))).toEqual([
    'stale_epoch',
    'placed',
    'placed',
    'entry_invalid',
  ])
})

test('a message that the last device to come could not read is to be encrypted again', () => {
  const adding = place(entry(phone, 5n, { adds: [stranger] }))
  if (adding.kind !== 'placed') throw new Error(adding.reason)
  expect(adding.head).toMatchObject({ epoch: 6n, arrivalEpoch: 6n })
  const after = (at: LogHead, epoch: bigint) => reason(placeEntry(at, entry(laptop, epoch), new Map()))
  expect([5n, 6n].map((epoch) => after(adding.head, epoch))).toEqual(['stale_epoch', 'placed'])
  const update = placeEntry(adding.head, entry(laptop, 6n, { senderLeaf: 1 }), new Map())
  if (update.kind !== 'placed') throw new Error(update.reason)
  expect([5n, 6n, 7n].map((epoch) => after(update.head, epoch))).toEqual(['stale_epoch', 'placed', 'placed'])
})

test('A7 a commit ends exactly the present epoch, and begins the next', () => {
  expect([4n, 6n].map((epoch) => reason(place(entry(phone, epoch, {}))))).toEqual([
    'epoch_conflict',
    'commit_invalid',
  ])
  expect(place(entry(phone, 5n, {}))).toMatchObject({ kind: 'placed', head: { epoch: 6n } })
})

test('only members write, each from its own leaf', () => {
  expect(reason(place(entry(stranger, 5n)))).toBe('chat_unknown')
  expect(reason(place(entry(laptop, 5n, { senderLeaf: 0 })))).toBe('commit_invalid')
})

test('A3 a device is added once', () => {
  expect(reason(place(entry(phone, 5n, { adds: [laptop] })))).toBe('commit_invalid')
  expect(reason(place(entry(phone, 5n, { adds: [stranger, stranger] })))).toBe('commit_invalid')
  const added = place(entry(phone, 5n, { adds: [stranger] }))
  expect(added).toMatchObject({ entry: { membership: { added: [{ leaf: 2, device: 7n, since: 5n }] } } })
})

test('a device leaves when it is revoked, or to come back at once', () => {
  const removals: Partial<CommitEffect>[] = [
    { removes: [1] },
    { removes: [0] },
    { removes: [2] },
    { removes: [1, 1], revoked: new Set([laptop.deviceId]) },
    { removes: [1], revoked: new Set([laptop.deviceId]) },
    { removes: [1], adds: [laptop] },
  ]
  expect(removals.map((commit) => reason(place(entry(phone, 5n, commit))))).toEqual([
    'not_allowed',
    'commit_invalid',
    'commit_invalid',
    'commit_invalid',
    'placed',
    'placed',
  ])
})

test('leaves are given out from the left (RFC 9420 section 7.7)', () => {
  const changes = fc.array(fc.record({ remove: fc.nat(6), adds: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(changes, (steps) => {
      let roster = rosterOf([member(phone, 0)])
      const leaves = new Set([0])
      for (const { remove, adds } of steps) {
        const removes = leaves.has(remove) && remove !== 0 ? [remove] : []
        const added = Array.from({ length: adds }, () => numbered(device(bob), 1n))
        roster = applyCommit(roster, removes, added, 1n).roster
        for (const leaf of removes) leaves.delete(leaf)
        for (const _ of added)
          leaves.add([0, 1, 2, 3, 4, 5, 6, ...Array(60).keys()].find((leaf) => !leaves.has(leaf))!)
        expect(new Set([...roster.values()].map(({ leaf }) => leaf))).toEqual(leaves)
      }
    }),
  )
})

test('M13 who may not write in a group is refused, until a commit changes that', () => {
  const group = { ...head, type: ChatType.GROUP, silent: new Set([bob]) }
  expect(reason(placeEntry(group, entry(laptop, 5n), new Map()))).toBe('not_allowed')
  expect(reason(placeEntry(group, entry(laptop, 1n), new Map()))).toBe('not_allowed')
  expect(reason(placeEntry(group, entry(phone, 5n), new Map()))).toBe('placed')
  const same = placeEntry(
    group,
    entry(laptop, 5n, {
      senderLeaf: 1,
      judged: {
        state: undefined,
        offer: {
          historyPages: [],
          sealed: new Uint8Array(),
          invites: [],
          publication: { kind: 'none' as const },
        },
      },
    }),
    new Map(),
  )
  expect(same).toMatchObject({ kind: 'placed', head: { silent: new Set([bob]) } })
})

test('A7 in a group a commit that was not judged in its epoch is never placed', () => {
  const group = { ...head, type: ChatType.GROUP }
  expect(reason(placeEntry(group, entry(phone, 5n, {}), new Map()))).toBe('epoch_conflict')
  const judged = {
    judged: {
      state: undefined,
      offer: {
        sealed: new Uint8Array(),
        historyPages: [],
        invites: [],
        publication: { kind: 'none' as const },
      },
    },
  }
  expect(reason(placeEntry(group, entry(phone, 5n, judged), new Map()))).toBe('placed')
  expect(reason(placeEntry(group, entry(phone, 4n, judged), new Map()))).toBe('epoch_conflict')
  expect(reason(placeEntry(group, entry(laptop, 5n, judged), new Map()))).toBe('commit_invalid')
})

test('A5 who joins gets the leftmost blank leaf, and who is in the group cannot join', () => {
  const group = { ...head, type: ChatType.GROUP, roster: rosterOf([member(phone, 0), member(laptop, 2)]) }
  const judged = {
    state: undefined,
    offer: {
      sealed: new Uint8Array(),
      historyPages: [],
      invites: [],
      publication: { kind: 'none' as const },
    },
  }
  const joins = (who: AddedDevice) => {
    return {
      judged,
      senderLeaf: undefined,
      joins: { inviteId: new Uint8Array(16), withHistory: false },
      adds: [who],
    }
  }
  const number = 7n as DeviceNumber
  const numbers = new Map([stranger, phone].map((one) => [deviceKey(one), number] as const))
  const placed = placeEntry(group, entry(stranger, 5n, joins(stranger)), numbers)
  expect(placed).toMatchObject({ kind: 'placed', entry: { device: number } })
  expect(placed.kind === 'placed' && placed.head.roster.get(deviceKey(stranger))).toMatchObject({ leaf: 1 })
  expect(reason(placeEntry(group, entry(phone, 5n, joins(phone)), numbers))).toBe('not_allowed')
  expect(reason(placeEntry(group, entry(stranger, 4n, joins(stranger)), numbers))).toBe('epoch_conflict')
  const unjudged = { ...joins(stranger), judged: undefined! }
  expect(reason(placeEntry(group, entry(stranger, 5n, unjudged), numbers))).toBe('epoch_conflict')
  const byMember = { judged, senderLeaf: 0 }
  expect(reason(placeEntry(group, entry(stranger, 5n, byMember), numbers))).toBe('chat_unknown')
})
