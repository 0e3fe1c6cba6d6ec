import { randomBytes } from 'node:crypto'
import { AccountId, ChatId, DeviceId, randomId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { type Signal, SignalQueue } from './signal-queue.ts'

const chatId = randomId(ChatId)
const newSender = () => ({ accountId: AccountId.fromBytes(randomBytes(32)), deviceId: randomId(DeviceId) })
const sender = newSender()
const signal = (text: string, more: Partial<Signal> = {}): Signal => ({
  kind: 'signal',
  chatId,
  sender,
  sealed: new TextEncoder().encode(text),
  ...more,
})
const texts = (event: ReturnType<SignalQueue['next']>, of: 'signals' | 'readMarks') => {
  if (event?.case !== 'signals') throw new Error('no signals')
  return event.value[of]!.map(({ sealed }) => new TextDecoder().decode(sealed))
}

test('of each device the newest signal is kept, and of each account the newest read mark', () => {
  const queue = new SignalQueue(10)
  const phone = { ...sender, deviceId: randomId(DeviceId) }
  for (const text of ['a', 'b']) queue.add(signal(text))
  queue.add(signal('c', { sender: phone }))
  for (const text of ['d', 'e']) queue.add(signal(text, { kind: 'read-mark' }))
  queue.add(signal('f', { kind: 'read-mark', sender: phone }))
  const event = queue.next()
  expect([texts(event, 'signals'), texts(event, 'readMarks')]).toEqual([['b', 'c'], ['f']])
  expect(queue.next()).toBeUndefined()
})

test('positions only grow, and go with what else there is of the chat', () => {
  const queue = new SignalQueue(10)
  queue.add(signal('a'))
  for (const position of [3n, 5n, 4n]) queue.delivered(chatId, position)
  expect(queue.next()).toMatchObject({ value: { chatId: ChatId.toBytes(chatId), deliveredPosition: 5n } })
  queue.delivered(chatId, 4n)
  expect(queue.next()).toMatchObject({ value: { deliveredPosition: 4n, signals: [] } })
})

test('where too many wait, more are dropped, and newer ones of the same device are not', () => {
  const queue = new SignalQueue(2)
  queue.add(signal('a'))
  queue.add(signal('b', { sender: newSender() }))
  queue.add(signal('dropped', { sender: newSender() }))
  queue.add(signal('c'))
  queue.add(signal('dropped', { sender: newSender(), chatId: randomId(ChatId) }))
  expect(texts(queue.next(), 'signals')).toEqual(['c', 'b'])
  expect(queue.next()).toBeUndefined()
  queue.add(signal('d'))
  expect(texts(queue.next(), 'signals')).toEqual(['d'])
})

test('own marks are told of once however often they change', () => {
  const queue = new SignalQueue(1)
  queue.ownMarksChanged()
  queue.ownMarksChanged()
  expect(queue.next()?.case).toBe('ownMarksChanged')
  expect(queue.next()).toBeUndefined()
})
