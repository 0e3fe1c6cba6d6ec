/**
 * F17: clocks that are wrong, or are put right, while everything runs: the server's, a person's, both, thirty days ahead
 * or two hours behind. Messages go on, once and in order; tokens are renewed. What depends on the time of day, keys for a
 * new chat, is refused with a reason, and is there once the clock is right.
 */
import { join } from 'node:path'
import { Conversation, NOTHING_WRONG, ShiftedClock, until, veche, vecheOk } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
let conversation: Conversation
let serverClock: ShiftedClock
let aliceClock: ShiftedClock

beforeAll(async () => {
  conversation = await Conversation.start({
    server: (folder) => {
      serverClock = new ShiftedClock(join(folder, 'server.clock'))
      return serverClock.env
    },
  })
  aliceClock = new ShiftedClock(join(conversation.folder, 'alice.clock'))
})
afterAll(() => conversation[Symbol.asyncDispose]())

test('F17 M17 clocks that jump under load lose, double and reorder nothing', async () => {
  const writers = [conversation.write('alice', 'write', aliceClock.env), conversation.write('bob', 'write')]
  await conversation.untilMore('acknowledged', 10)
  for (const shiftMs of [30 * DAY_MS, -2 * HOUR_MS]) {
    for (const clocks of [[serverClock], [aliceClock], [serverClock, aliceClock]]) {
      for (const clock of clocks) clock.set(shiftMs)
      await bothGetThrough()
      for (const clock of clocks) clock.set(0)
      await bothGetThrough()
    }
  }
  await conversation.stopWriting(writers)
  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`F17: ${delivered} delivered`)
  expect(wrong).toEqual(NOTHING_WRONG)
}, 1_800_000)

test('F17 A15 keys made by a wrong clock are refused and told, and made anew by the right one', async () => {
  const clock = new ShiftedClock(join(conversation.folder, 'carol.clock'))
  clock.set(30 * DAY_MS)
  await conversation.welcomeAs('carol', clock.env)
  let seconds = 2
  await until(async () => {
    const { lines } = await carol(clock, 'listen', '--timeout', `${seconds++}s`)
    return lines.some(({ notice }) => notice === 'clock-differs')
  })

  await carol(clock, 'request', '@bob')
  const refused = await veche(conversation.profile('bob'), ['requests', 'allow', '@carol'])
  expect([refused.code, refused.stderr.includes('"no_key_package"')]).toEqual([3, true])

  clock.set(0)
  await carol(clock, 'chats') // connects, and makes keys anew
  await bob('chats') // connects, and does what it was asked for
  await bob('send', '@carol', 'at last')
  const heard = await carol(clock, 'listen', '--count', '1', '--timeout', '60s')
  expect(heard.lines).toContainEqual(expect.objectContaining({ text: 'at last' }))
}, 1_800_000)

test('F17 A15 who adds another by a wrong clock is told, and adds by the right one', async () => {
  const clock = new ShiftedClock(join(conversation.folder, 'dave.clock'))
  await conversation.welcomeAs('dave', clock.env)
  await bob('request', '@dave')
  clock.set(120 * DAY_MS)
  const dave = (...args: string[]) => veche(join(conversation.folder, 'dave'), args, '', { env: clock.env })
  const refused = await dave('requests', 'allow', '@bob')
  expect([refused.code, refused.stderr.includes('"clock_wrong"')]).toEqual([3, true])

  clock.set(0)
  await until(async () => (await dave('chats')).lines.length === 1) // what was asked for was kept
  await bob('chats')
  await bob('send', '@dave', 'here you are')
  const heard = await dave('listen', '--count', '1', '--timeout', '60s')
  expect(heard.lines).toContainEqual(expect.objectContaining({ text: 'here you are' }))
}, 1_800_000)

/** Each has a message acknowledged that was first tried after now. */
async function bothGetThrough(): Promise<void> {
  const now = conversation.lines()
  await until(() => {
    const through = new Set(conversation.acknowledgedSince(now))
    const writers = conversation.lines().flatMap((line) => {
      return line.kind === 'accepted' && through.has(line.id) ? [line.client] : []
    })
    return new Set(writers).size === 2
  })
}

function bob(...args: string[]): Promise<Record<string, unknown>> {
  return vecheOk(conversation.profile('bob'), args)
}

function carol(clock: ShiftedClock, ...args: string[]) {
  return veche(join(conversation.folder, 'carol'), args, '', { env: clock.env })
}
