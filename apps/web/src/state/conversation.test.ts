import type { ShownMessage } from '@veche/client'
import { expect, test } from 'vitest'
import { type Conversation, PAGE, unopened, withNewer, withNewest, withOlder } from './conversation.ts'

/** As far as a window looks at it. */
const message = (seq: number) =>
  ({ id: `id-${seq}`, seq: BigInt(seq), state: 'sent', from: { name: '' } }) as unknown as ShownMessage
const messages = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => message(first + at))
const AT_END = { isWhole: true, isAtEnd: true }
const seqs = ({ messages: shown }: Conversation) => shown.map(({ seq }) => Number(seq))

test('M14 however far somebody reads, a page holds at most 240 messages, neighbours all of them, and knows what is beyond', () => {
  const total = 10_000
  let now = withNewest(unopened(0n), messages(total - PAGE + 1, PAGE), { isWhole: false, isAtEnd: true })
  const look = () => {
    const shown = seqs(now)
    expect(shown.length).toBeLessThanOrEqual(4 * PAGE)
    expect(shown).toEqual(shown.map((_, at) => shown[0]! + at))
    expect(now.hasNewer).toBe(shown.at(-1)! < total)
  }
  for (let first = seqs(now)[0]!; first > 1; first = seqs(now)[0]!) {
    const count = Math.min(PAGE, first - 1)
    now = withOlder(now, messages(first - count, count), first - count > 1)
    look()
  }
  expect(now.hasOlder).toBe(false)
  for (let last = seqs(now).at(-1)!; last < total; last = seqs(now).at(-1)!) {
    const count = Math.min(PAGE, total - last)
    now = withNewer(now, messages(last + 1, count), last + count < total)
    look()
  }
  expect(now.hasOlder).toBe(true)
})

test('M14 a chat that is open while thousands of messages come stays bounded, at its end and where somebody reads further up', () => {
  const opened = withNewest(unopened(0n), messages(1, 60), AT_END)
  const followed = withNewest(opened, messages(1, 2000), AT_END)
  expect([seqs(followed)[0], seqs(followed).at(-1)]).toEqual([1761, 2000])
  expect(followed).toMatchObject({ hasOlder: true, hasNewer: false })
  const read = withNewest(opened, messages(1, 2000), { isWhole: true, isAtEnd: false })
  expect([seqs(read)[0], seqs(read).at(-1)]).toEqual([1, 240])
  expect(read).toMatchObject({ hasOlder: false, hasNewer: true })
})

test('M14 what has not changed stays the same object, so that its row is not drawn anew', () => {
  const before = withNewest(unopened(0n), messages(1, 3), AT_END)
  const changed = { ...message(2), state: 'read' } as ShownMessage
  const after = withNewest(before, [message(1), changed, message(3), message(4)], AT_END)
  expect(after.messages.map((each, at) => each === before.messages[at])).toEqual([true, false, true, false])
})
