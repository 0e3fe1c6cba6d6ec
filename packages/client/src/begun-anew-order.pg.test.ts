/** Whatever comes first of what devices do at once when a chat is begun anew, all go on in one, with everything (F24, A7). */
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catchUp, noticesOf, openChat, type Person, registerNew, textsOf } from './testing/people.ts'
import { follow, openGroup, say } from './testing/talking.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const SEED = Number(process.env.VECHE_SEED ?? Math.floor(Math.random() * 2 ** 32))
const ROUNDS = process.env.VECHE_LONG === '1' ? 40 : 4
/** The most that a call, an answer or an event is held up, in turn. */
const MOST_MS = [20, 100, 300, 600]
const SOON = { timeout: 60_000 }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

/** mulberry32, from 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Every other thing that passes takes its time. */
function slowDown({ line }: Person, random: () => number, mostMs: number): void {
  line.hold = () =>
    random() < 0.5
      ? undefined
      : new Promise((resolve) => {
          setTimeout(resolve, random() * mostMs)
        })
}

/** All write what the server loses and what waits, and begin the chat anew at once. */
async function beginAtOnce(people: readonly Person[], chat: ChatId, mostMs: number, random: () => number) {
  const texts = await textsOf(people[0]!, chat)
  const toldBefore = people.map((person) => noticesOf(person).length)
  const restore = await server.copy()
  for (const person of people) await say(person, chat, `${person.handle}, lost`, ...people)
  await restore()
  for (const person of people) {
    await person.client.send(chat, `${person.handle}, meanwhile`)
    slowDown(person, random, mostMs)
    texts.push(`${person.handle}, lost`, `${person.handle}, meanwhile`)
  }
  const stops = people.map((person) => follow(person))
  for (const person of people)
    await expect.poll(async () => (await textsOf(person, chat)).toSorted(), SOON).toEqual(texts.toSorted())
  for (const person of people) person.line.hold = () => undefined
  for (const stop of stops) stop.abort()
  await catchUp(...people, ...people)
  const told = people.map((person, index) => noticesOf(person).slice(toldBefore[index]))
  for (const notices of told)
    expect(notices.filter((notice) => notice !== 'server-behind')).toEqual(['begun-anew'])
}

test.each([
  ['a private chat', 'alice', 'bob'],
  ['a group', 'alice', 'bob', 'carol'],
])(
  `F24 A7 %s that all begin anew at once, in any order (VECHE_SEED=${SEED})`,
  async (what, ...names) => {
    const random = randomFrom(SEED)
    const people: Person[] = []
    for (const name of names) people.push(await registerNew(server, name))
    const [alice, ...others] = people as [Person, ...Person[]]
    const chat = what === 'a group' ? await openGroup(alice, ...others) : await openChat(alice, others[0]!)
    for (let round = 0; round < ROUNDS; round++)
      await beginAtOnce(people, chat, MOST_MS[round % MOST_MS.length]!, random)
  },
  1_800_000,
)
