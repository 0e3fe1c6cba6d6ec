import { AccountId, ChatId, randomId } from '@veche/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Typing } from './typing.ts'

const chat = randomId(ChatId)
const [anna, boris] = [1, 2].map((byte) => AccountId.fromBytes(new Uint8Array(32).fill(byte))) as [
  AccountId,
  AccountId,
]
let told: [AccountId, boolean][]
let typing: Typing

beforeEach(() => {
  vi.useFakeTimers()
  told = []
  typing = new Typing((event) => {
    if (event.kind === 'typing') told.push([event.by, event.isTyping])
  })
})
afterEach(() => {
  vi.useRealTimers()
})
const hear = (by: AccountId, number: bigint, isTyping = true) => typing.hear({ chat, by, number, isTyping })

test('M20 that somebody writes is good for six seconds, each word anew, and told once', () => {
  hear(anna, 1n)
  vi.advanceTimersByTime(4000)
  hear(anna, 2n)
  vi.advanceTimersByTime(5900)
  expect(told).toEqual([[anna, true]])
  vi.advanceTimersByTime(200)
  expect(told).toEqual([
    [anna, true],
    [anna, false],
  ])
})

test('it ends with the message, and a word from before it does not begin it again', () => {
  hear(anna, 1000n)
  typing.sent(chat, anna, 2000)
  hear(anna, 1500n)
  expect(told).toEqual([
    [anna, true],
    [anna, false],
  ])
  hear(anna, 2001n)
  expect(told).toHaveLength(3)
})

test('who has stopped is told of once, and who had not begun not at all', () => {
  hear(anna, 1n, false)
  hear(boris, 1n)
  hear(boris, 2n, false)
  hear(boris, 3n, false)
  expect(told).toEqual([
    [boris, true],
    [boris, false],
  ])
})

test('when nothing is heard any more, nobody writes', () => {
  hear(anna, 1n)
  hear(boris, 1n)
  typing.clear()
  vi.advanceTimersByTime(10_000)
  expect(told.filter(([, isTyping]) => !isTyping)).toEqual([
    [anna, false],
    [boris, false],
  ])
})
