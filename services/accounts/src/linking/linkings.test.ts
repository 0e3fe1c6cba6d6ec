import { randomBytes } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import { ManualClock } from '@veche/service-kit'
import { expect, test } from 'vitest'
import { awaitSide } from './await-side.ts'
import { LINKING_LIFETIME_MS, Linkings } from './linkings.ts'

const accountOf = (number: number) => AccountId.fromBytes(new Uint8Array(32).fill(number))
const [ALICE, BOB] = [accountOf(1), accountOf(2)]
const NEVER = new AbortController().signal

function create(waitMs = 25_000) {
  const clock = new ManualClock(0)
  return { clock, linkings: new Linkings({ clock, waitMs }), id: randomBytes(16) }
}

test('what has not come in time is answered by nothing, and may be asked for again', async () => {
  const { linkings, id } = create(1)
  await linkings.open(ALICE, id)
  const linking = await linkings.find(id)
  for (const side of ['offer', 'answer'] as const) {
    for (let time = 0; time < 2; time++)
      expect(await awaitSide(linkings, linking, side, NEVER)).toHaveLength(0)
  }
  expect(linking!.offer(Uint8Array.of(1))).toBe('done')
  expect(await awaitSide(linkings, linking, 'offer', NEVER)).toEqual(Uint8Array.of(1))
})

test('a caller that is gone waits no longer', async () => {
  const { linkings, id } = create()
  await linkings.open(ALICE, id)
  const caller = new AbortController()
  const waiting = awaitSide(linkings, await linkings.find(id), 'offer', caller.signal)
  caller.abort()
  expect(await waiting).toHaveLength(0)
})

test('one call waits on each side: the next ends the one before', async () => {
  const { linkings, id } = create()
  await linkings.open(ALICE, id)
  const linking = await linkings.find(id)
  const waiting = Array.from({ length: 50 }, () => awaitSide(linkings, linking, 'offer', NEVER))
  expect(await Promise.all(waiting.slice(0, -1))).toEqual(Array(49).fill(new Uint8Array()))
  linking!.offer(Uint8Array.of(1))
  expect(await waiting.at(-1)).toEqual(Uint8Array.of(1))
})

test('a linking lives for five minutes, and the same id again does not lengthen it', async () => {
  const { clock, linkings, id } = create()
  expect(await linkings.open(ALICE, id)).toBe(LINKING_LIFETIME_MS)
  clock.advance(60_000)
  expect(await linkings.open(ALICE, id)).toBe(LINKING_LIFETIME_MS - 60_000)
  clock.advance(LINKING_LIFETIME_MS - 60_001)
  expect(await linkings.find(id)).toBeDefined()
  clock.advance(1)
  expect(await linkings.find(id)).toBeUndefined()
})

test('an account has one linking, an id one account', async () => {
  const { linkings, id } = create()
  await linkings.open(ALICE, id)
  const first = await linkings.find(id)
  const waiting = awaitSide(linkings, first, 'offer', NEVER)
  expect(await linkings.open(BOB, id)).toBeUndefined()
  expect(await linkings.find(id, BOB)).toBeUndefined()
  const other = randomBytes(16)
  await linkings.open(ALICE, other)
  await expect(waiting).rejects.toThrow('linking_unknown')
  expect(await linkings.find(id)).toBeUndefined()
  expect(first!.offer(Uint8Array.of(1))).toBe('unknown')
  expect(await linkings.find(other, ALICE)).toBeDefined()
  expect(await linkings.open(BOB, id)).toBe(LINKING_LIFETIME_MS)
})

test('of 3,000 linkings 2,000 are kept, the oldest give way', async () => {
  const { linkings } = create()
  const ids = Array.from({ length: 3000 }, () => randomBytes(16))
  for (const [index, id] of ids.entries())
    await linkings.open(AccountId.fromBytes(Buffer.alloc(32, `${index} `)), id)
  const found = await Promise.all(ids.map((id) => linkings.find(id)))
  expect(found.map((linking) => linking !== undefined)).toEqual(ids.map((_, index) => index >= 1000))
})
