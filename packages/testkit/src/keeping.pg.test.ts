/**
 * M22: two people write to each other while both keep the chat and do not, on the server and on their devices, at
 * random and again and again, and start their programs anew in between. What each was shown is judged by the checker.
 */
import type { ChatId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { check, type Operation } from './checker.ts'
import { Community, makeChat, type Person } from './community.ts'
import { NOTHING_WRONG } from './conversation.ts'
import { randomFrom, seedFromEnvironment } from './random.ts'
import { until } from './until.ts'

const MESSAGES = 40
const seed = seedFromEnvironment()
let community: Community

beforeAll(async () => {
  community = await Community.start()
})
afterAll(() => community[Symbol.asyncDispose]())

/** Somebody who changes their mind, and remembers what they were shown. */
class Fickle {
  readonly handle: string
  readonly operations: Operation[] = []
  readonly texts = new Set<string>()
  readonly #chance: () => number
  readonly #files: Person['files']
  #client: Person['client']
  #stop = new AbortController()

  constructor({ handle, files, client }: Person, chance: () => number) {
    this.handle = handle
    this.#chance = chance
    this.#files = files
    this.#client = client
    this.#watch()
  }

  get shown(): Extract<Operation, { kind: 'shown' }>[] {
    return this.operations.filter((operation) => operation.kind === 'shown')
  }

  async run(chat: ChatId): Promise<void> {
    for (let index = 0; index < MESSAGES; index++) {
      const text = `${this.handle} ${index}`
      this.texts.add(text)
      const { id, acknowledged } = await this.#client.send(chat, text)
      acknowledged.catch(() => {}) // the program was closed before; the message is kept
      this.operations.push({ kind: 'accepted', client: this.handle, chat, id })
      await this.#changeMind(chat)
      if (this.#chance() < 0.5) await this.#client.keeping.markRead(chat, this.#client.chats()[0]!.position)
      if (this.#chance() < 0.05) await this.#restart()
    }
  }

  /** What was to be kept on this device since somebody last looked is there; nothing twice. */
  async history(chat: ChatId): Promise<string[]> {
    return (await this.#client.history(chat, { limit: 10_000 })).map(({ id }) => id)
  }

  async #changeMind(chat: ChatId): Promise<void> {
    const choice = this.#chance()
    if (choice < 0.15) await this.#client.keeping.set(chat, { server: this.#chance() < 0.4 })
    else if (choice < 0.3) await this.#client.keeping.set(chat, { device: this.#chance() < 0.4 })
  }

  async #restart(): Promise<void> {
    await this.#client.close()
    this.#client = await community.open(this.#files)
    this.#watch()
    community.connect(this.#client)
  }

  #watch(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
    const events = this.#client.events(this.#stop.signal)
    void (async () => {
      for await (const event of events) {
        const client = this.handle
        if (event.type === 'message') {
          const { chat, id, text } = event
          this.operations.push({ kind: 'shown', client, chat, id, text, seq: event.seq! })
        }
        if (event.type !== 'notice') continue
        const { notice: detail, chat = '' } = event
        this.operations.push({ kind: 'unreadable', client, chat, detail })
      }
    })()
  }
}

test(`M22: whatever is kept where, nothing is lost, doubled, reordered or unreadable (seed ${seed})`, async () => {
  const people = [await community.welcome('anna'), await community.welcome('boris')]
  const chat = await makeChat(people[0]!, people[1]!)
  const fickle = people.map((person, index) => new Fickle(person, randomFrom(seed + index)))
  await Promise.all(fickle.map((one) => one.run(chat)))
  await until(() => fickle.every(({ shown }) => shown.length >= 2 * MESSAGES))

  const operations = fickle.flatMap((one) => [
    ...one.operations,
    ...one.shown.map((shown) => ({ ...shown, kind: 'final' as const })),
  ])
  const members = new Map([[chat as string, fickle.map(({ handle }) => handle)]])
  const texts = new Map([[chat as string, new Set(fickle.flatMap((one) => [...one.texts]))]])
  expect(check(operations, members, texts)).toEqual({ ...NOTHING_WRONG, delivered: 2 * MESSAGES })
  for (const one of fickle) {
    const kept = await one.history(chat)
    expect(new Set(kept).size).toBe(kept.length)
    const order = one.shown.map(({ id }) => id).filter((id) => kept.includes(id))
    expect(kept).toEqual(order)
  }
}, 240_000)
