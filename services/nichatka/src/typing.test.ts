import { ManualClock } from '@veche/service-kit'
import { expect, test } from 'vitest'
import type { HostId, Nickname, User, UserId } from './domain.ts'
import { Typing } from './typing.ts'

const user = (host: number, id: number): User => ({
  hostId: host as HostId,
  id: BigInt(id) as UserId,
  nickname: 'vera' as Nickname,
})

test('N11 who is typing is so for 20 s, or until they stop, and nobody else is', () => {
  const clock = new ManualClock()
  const typing = new Typing(clock)
  typing.set(user(1, 1), true)
  clock.advance(19_999)
  expect([user(1, 1), user(2, 1), user(1, 2)].map((one) => typing.has(one))).toEqual([true, false, false])
  typing.set(user(1, 2), true)
  clock.advance(1)
  expect(typing.has(user(1, 1))).toBe(false)
  expect(typing.has(user(1, 2))).toBe(true)
  typing.set(user(1, 2), false)
  expect(typing.has(user(1, 2))).toBe(false)
})

test('N11 no more are remembered than there is room for', () => {
  const typing = new Typing(new ManualClock())
  for (let id = 0; id <= 100_000; id++) typing.set(user(1, id), true)
  expect([typing.has(user(1, 0)), typing.has(user(1, 1)), typing.has(user(1, 100_000))]).toEqual([
    false,
    true,
    true,
  ])
})
