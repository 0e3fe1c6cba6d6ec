/**
 * F6: all processes of PostgreSQL are stopped by SIGSTOP while two people write: sends stay unacknowledged until it goes
 * on. The second time it never goes on, and is killed: what waited for it is sent to the next one.
 */
import { Conversation, NOTHING_WRONG } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Messages that each writes meanwhile, at most ten a second; 300 outlast the deadline of every call. */
const WRITTEN = process.env.VECHE_LONG === '1' ? 300 : 25
let conversation: Conversation

beforeAll(async () => {
  conversation = await Conversation.start()
})
afterAll(() => conversation[Symbol.asyncDispose]())

test('F6 M17 while PostgreSQL stands still nothing is acknowledged, and afterwards everything is there once', async () => {
  const { postgres } = conversation
  const writers = conversation.writeAll()
  await conversation.untilMore('acknowledged', 20)
  for (const rouse of [() => postgres.resume(), () => postgres.kill()]) {
    await postgres.pause()
    const stopped = conversation.lines()
    await conversation.untilMore('accepted', WRITTEN)
    expect(conversation.acknowledgedSince(stopped)).toEqual([])
    rouse()
    await conversation.untilMore('acknowledged', WRITTEN)
  }
  await conversation.stopWriting(writers)

  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`F6: ${delivered} delivered`)
  expect(wrong).toEqual(NOTHING_WRONG)
}, 1_800_000)
