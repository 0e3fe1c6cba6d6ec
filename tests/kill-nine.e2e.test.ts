/**
 * F1, F16: server and clients are killed with SIGKILL at random moments while two people write to each other.
 * After each run everything is started once more, everyone catches up, and the checker decides from the journals of
 * all that was done and seen. VECHE_SEED repeats a run's choices; VECHE_LONG=1 makes 200 rounds of it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Conversation, NOTHING_WRONG, PEOPLE, randomFrom, seedFromEnvironment } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROUNDS = process.env.VECHE_LONG === '1' ? 200 : 20
const seed = seedFromEnvironment()
const random = randomFrom(seed)
let conversation: Conversation

beforeAll(async () => {
  conversation = await Conversation.start()
})
afterAll(() => conversation[Symbol.asyncDispose]())

test(`F1 F16 M17 ${ROUNDS} rounds of kill -9: nothing is lost, doubled, reordered or unreadable`, async () => {
  console.info(`kill -9: VECHE_SEED=${seed}`)
  for (let round = 0; round < ROUNDS; round++) await oneRound()
  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`kill -9: ${delivered} delivered in ${ROUNDS} rounds`)
  expect(wrong).toEqual(NOTHING_WRONG)
  expect(delivered).toBeGreaterThan(ROUNDS * 5)
}, 1_800_000)

/** Both write; one of the three, or the server and one of them, dies at a random moment and comes back. */
async function oneRound(): Promise<void> {
  const writers = new Map(PEOPLE.map((person) => [person, conversation.write(person, 30)]))
  await sleep(300 + random() * 1_200)
  const victim = ['server', ...PEOPLE, 'server and alice'][Math.floor(random() * 4)]!
  for (const person of PEOPLE) {
    if (victim.includes(person)) await conversation.kill(writers.get(person)!)
  }
  if (victim.includes('server')) {
    await conversation.server.kill()
    await conversation.startServer()
  }
  for (const person of PEOPLE) {
    if (victim.includes(person)) writers.set(person, conversation.write(person, 5))
  }
  for (const writer of writers.values()) await conversation.end(writer)
}
