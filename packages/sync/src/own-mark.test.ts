import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, DecodeError, randomId } from '@veche/protocol'
import { type OwnMark, OwnMarkSchema } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FOR_GOOD, holds, isSameMark, mergeMarks, NO_MARK, openOwnMark, sealOwnMark } from './own-mark.ts'

const key = new Uint8Array(32).fill(3)
const place = { accountId: AccountId.fromBytes(new Uint8Array(32)), chatId: randomId(ChatId) }

const setting = fc.option(
  fc.record({ untilMs: fc.constantFrom(0n, 5n, FOR_GOOD), setAtMs: fc.bigInt(0n, 3n) }),
  { nil: undefined },
)
const mark: fc.Arbitrary<OwnMark> = fc
  .record({ readPosition: fc.bigInt(0n, 3n), muted: setting, pinned: setting })
  .map(({ readPosition, muted, pinned }) =>
    create(OwnMarkSchema, { readPosition, ...(muted && { muted }), ...(pinned && { pinned }) }),
  )

test('M20 marks merge to the same whatever came first, and however often', () => {
  fc.assert(
    fc.property(mark, mark, mark, (a, b, c) => {
      expect(mergeMarks(a, b)).toEqual(mergeMarks(b, a))
      expect(mergeMarks(mergeMarks(a, b), c)).toEqual(mergeMarks(a, mergeMarks(b, c)))
      expect(isSameMark(mergeMarks(a, a), a)).toBe(true)
      expect(isSameMark(mergeMarks(a, NO_MARK), a)).toBe(true)
    }),
  )
})

test('the greater read position and the later setting win', () => {
  const one = create(OwnMarkSchema, { readPosition: 9n, muted: { untilMs: FOR_GOOD, setAtMs: 1n } })
  const other = create(OwnMarkSchema, { readPosition: 4n, muted: { untilMs: 0n, setAtMs: 2n } })
  expect(mergeMarks(one, other)).toMatchObject({ readPosition: 9n, muted: { untilMs: 0n, setAtMs: 2n } })
})

test('a setting holds until its time', () => {
  const until = (untilMs: bigint) => holds(create(OwnMarkSchema, { muted: { untilMs } }).muted, 1000)
  expect([until(0n), until(1000n), until(1001n), until(FOR_GOOD)]).toEqual([false, false, true, true])
  expect(holds(undefined, 1000)).toBe(false)
})

test('A18 a mark opens under its key, for its account and chat alone; its length says nothing', async () => {
  const value = create(OwnMarkSchema, { readPosition: 4n, pinned: { untilMs: FOR_GOOD, setAtMs: 9n } })
  const sealed = await sealOwnMark(key, place, value)
  expect(await openOwnMark(key, place, sealed)).toEqual(value)
  expect((await sealOwnMark(key, place, NO_MARK)).length).toBe(sealed.length)
  const others = [
    [new Uint8Array(32), place, sealed],
    [key, { ...place, chatId: randomId(ChatId) }, sealed],
    [key, { ...place, accountId: AccountId.fromBytes(new Uint8Array(32).fill(1)) }, sealed],
    [key, place, sealed.with(30, sealed[30]! ^ 1)],
    [key, place, sealed.slice(0, 11)],
    [key, place, new Uint8Array(2000)],
  ] as const
  for (const [otherKey, otherPlace, bytes] of others)
    await expect(openOwnMark(otherKey, otherPlace, bytes)).rejects.toThrow(DecodeError)
})
