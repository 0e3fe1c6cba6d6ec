/**
 * F5: the server is stopped by SIGSTOP, as by a machine that is put to sleep, while two people go on writing. Nothing is
 * acknowledged meanwhile, and nothing twice afterwards.
 */
import { Conversation, NOTHING_WRONG } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Messages that each writes meanwhile, at most ten a second; 300 outlast the deadline of every call. */
const WRITTEN = process.env.VECHE_LONG === '1' ? 300 : 25
let conversation: Conversation

beforeAll(async () => {
  conversation = await Conversation.start()
})
afterAll(async () => {
  conversation.server.resume()
  await conversation[Symbol.asyncDispose]()
})

test('F5 M17 a server that stood still goes on, with everything once', async () => {
  const writers = conversation.writeAll()
  await conversation.untilMore('acknowledged', 20)
  for (let round = 0; round < 2; round++) {
    conversation.server.pause()
    const stopped = conversation.lines()
    await conversation.untilMore('accepted', WRITTEN)
    expect(conversation.acknowledgedSince(stopped)).toEqual([])
    conversation.server.resume()
    await conversation.untilMore('acknowledged', WRITTEN)
  }
  await conversation.stopWriting(writers)

  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`F5: ${delivered} delivered`)
  expect(wrong).toEqual(NOTHING_WRONG)
}, 1_800_000)
