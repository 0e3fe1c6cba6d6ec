import { AccountId, ChatId, randomId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { askedAgain, type JoinRequest, refused, withdrawn } from './join-request.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const chatId = randomId(ChatId)
const asker = AccountId.fromBytes(new Uint8Array(32).fill(7))

const asked = (by: number, nowMs: number): JoinRequest => ({
  chatId,
  asker,
  requestId: new Uint8Array(16).fill(by),
  inviteId: new Uint8Array(16).fill(by),
  joinRequest: Uint8Array.of(by),
  state: { kind: 'pending', sinceMs: nowMs },
  requestedAtMs: nowMs,
})

test('M13 the last word of who asks counts, under the same id as long as nobody has answered', () => {
  const first = askedAgain(undefined, asked(1, 0))
  const second = askedAgain(first, asked(2, 5))
  expect(second).toMatchObject({ requestId: first.requestId, requestedAtMs: 0 })
  expect([second.inviteId, second.joinRequest]).toEqual([asked(2, 5).inviteId, Uint8Array.of(2)])
})

test('M13 a refusal holds for 30 days, whichever link is asked by; what ended may be asked again at once', () => {
  const no = refused(asked(1, 0), 10)
  expect(no).toMatchObject({ state: { kind: 'refused', sinceMs: 10 }, notice: 'answer' })
  expect(refused(no, 20)).toBe(no)
  expect(askedAgain(no, asked(2, 9 + 30 * DAY_MS))).toBe(no)
  const again = asked(2, 10 + 30 * DAY_MS)
  expect(askedAgain(no, again)).toBe(again)
  const ended: JoinRequest = { ...asked(1, 0), state: { kind: 'ended', sinceMs: 10 } }
  expect(askedAgain(ended, again)).toBe(again)
  expect(refused(ended, 20)).toBe(ended)
})

test('M13 what is taken back is over and may be asked again at once; what was refused stays refused', () => {
  const over = withdrawn(asked(1, 0), 10)
  expect(over).toMatchObject({ state: { kind: 'ended', sinceMs: 10 }, notice: 'answer' })
  expect(withdrawn(over, 20)).toBe(over)
  const again = asked(2, 11)
  expect(askedAgain(over, again)).toBe(again)
  const no = refused(asked(1, 0), 10)
  expect(withdrawn(no, 20)).toBe(no)
})
