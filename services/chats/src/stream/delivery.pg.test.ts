/**
 * The promise of the whole: each device stores each acknowledged entry once, in the order of positions, without a
 * gap, whatever is retried, dropped, forgotten or acknowledged in between, and through whichever process.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Group } from '@veche/mls'
import { EntryKind, type SubscribeResponse } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { message, newPerson, type Person } from '../testing/person.ts'
import {
  type OpenChat,
  openChatBetween,
  startTestService,
  type TestProcess,
} from '../testing/test-service.ts'

const seed = Number(process.env.VECHE_SEED ?? Date.now() % 2 ** 31)
const MESSAGES_EACH = 40

test(`M17 M22 each acknowledged entry arrives once and in order at every device, kept or not (seed ${seed})`, async () => {
  await using service = await startTestService()
  await using another = await service.startAnother()
  const chance = mulberry32(seed)
  const processes = [service, another]
  const people = await Promise.all(['alice', 'bob', 'carol'].map(newPerson))
  for (const person of people) service.accounts.add(person)
  const [alice, bob, carol] = people as [Person, Person, Person]
  const pairs = [[alice, bob] as const, [bob, carol] as const, [carol, alice] as const]
  const chats: OpenChat[] = []
  for (const [creator, peer] of pairs) chats.push(await openChatBetween(service, creator, peer))

  /** Positions by message id, as the server acknowledged them. */
  const acknowledged = new Map<string, bigint>()
  const writers = chats.flatMap((chat, index) =>
    pairs[index]!.map((person, side) =>
      write(processes, person, chat, chat.groups[side]!, chance, acknowledged),
    ),
  )
  const devices = people.map((person) => new Device(processes, person, chance))
  const reading = devices.map((device) => device.run())
  const keeping = new AbortController()
  const keepers = chats.map((chat, index) => changeMind(service, pairs[index]!, chat, chance, keeping.signal))
  await Promise.all(writers)

  for (const device of devices) {
    const own = chats.filter((_, index) => pairs[index]!.includes(device.person))
    device.readUntil(() =>
      own.every((chat) => device.stored(chat).length >= 2 * MESSAGES_EACH + isCreator(chat, device)),
    )
  }
  await Promise.all(reading)
  keeping.abort()
  await Promise.all(keepers)

  for (const [index, chat] of chats.entries()) {
    for (const person of pairs[index]!) {
      const stored = devices.find((device) => device.person === person)!.stored(chat)
      const first = 2n - BigInt(person === pairs[index]![0])
      expect(stored.map(({ position }) => position)).toEqual(stored.map((_, place) => first + BigInt(place)))
      const messages = stored.filter(({ kind }) => kind === EntryKind.APPLICATION)
      for (const { id, position } of messages) expect(acknowledged.get(id)).toBe(position)
      expect(messages).toHaveLength(2 * MESSAGES_EACH)
    }
  }
  expect(acknowledged.size).toBe(chats.length * 2 * MESSAGES_EACH)

  function isCreator(chat: OpenChat, { person }: Device): number {
    return pairs[chats.indexOf(chat)]![0] === person ? 1 : 0
  }
}, 120_000)

/** Sends one message after the other, each perhaps several times at once; every answer must be the same. */
async function write(
  processes: readonly TestProcess[],
  person: Person,
  chat: OpenChat,
  start: Group,
  chance: () => number,
  acknowledged: Map<string, bigint>,
): Promise<void> {
  let group = start
  for (let index = 0; index < MESSAGES_EACH; index++) {
    const next = await message(person, group)
    group = next.group
    const messageId = randomBytes(16)
    const tries = chance() < 0.3 ? 3 : 1
    const answers = await Promise.all(
      Array.from({ length: tries }, () =>
        pick(processes, chance)
          .as(person)
          .append({ chatId: chat.id, messageId, entry: { case: 'application', value: next.application } }),
      ),
    )
    const positions = new Set(answers.map(({ position }) => position))
    expect(positions.size).toBe(1)
    acknowledged.set(messageId.toString('hex'), answers[0]!.position)
  }
}

/** Keeps the chat and does not, again and again: each time what everybody has acknowledged may be removed. */
async function changeMind(
  service: TestProcess,
  people: readonly Person[],
  { id: chatId }: OpenChat,
  chance: () => number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await service.as(pick(people, chance)).setKept({ chatId, kept: chance() < 0.4 })
    await sleep(5)
  }
}

interface Stored {
  readonly position: bigint
  readonly id: string
  readonly kind: EntryKind
}

/** A device that stores what it reads, loses its connection or its last page now and then, and comes back. */
class Device {
  readonly person: Person
  readonly #processes: readonly TestProcess[]
  readonly #chance: () => number
  readonly #logs = new Map<string, Stored[]>()
  #enough: () => boolean = () => false
  #abort = new AbortController()

  constructor(processes: readonly TestProcess[], person: Person, chance: () => number) {
    this.#processes = processes
    this.person = person
    this.#chance = chance
  }

  stored({ id }: Pick<OpenChat, 'id'>): readonly Stored[] {
    return this.#logs.get(Buffer.from(id).toString('hex')) ?? []
  }

  readUntil(enough: () => boolean): void {
    this.#enough = enough
    if (enough()) this.#abort.abort()
  }

  async run(): Promise<void> {
    while (!this.#enough()) await this.#readOnce()
  }

  async #readOnce(): Promise<void> {
    const abort = new AbortController()
    this.#abort = abort
    const client = pick(this.#processes, this.#chance).as(this.person)
    const positions = [...this.#logs].map(([chatId, log]) => ({
      chatId: Buffer.from(chatId, 'hex'),
      position: log.at(-1)?.position ?? 0n,
    }))
    let eventsLeft = Math.ceil(this.#chance() * 20)
    try {
      for await (const response of client.subscribe({ positions }, { signal: abort.signal })) {
        this.#store(response)
        if (this.#chance() < 0.2) await client.acknowledge({ positions, inboxPosition: 0n })
        if (--eventsLeft === 0 || this.#enough()) abort.abort()
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error
    }
  }

  /** Appends without looking: what comes twice, or too early, shows at the end. */
  #store({ event }: SubscribeResponse): void {
    if (event.case !== 'entries') return
    if (this.#chance() < 0.1) {
      this.#abort.abort() // died before it had stored the page: it comes again
      return
    }
    if (this.#abort.signal.aborted) return
    const chatId = Buffer.from(event.value.chatId).toString('hex')
    const log = this.#logs.get(chatId) ?? []
    this.#logs.set(chatId, log)
    for (const { position, messageId, kind } of event.value.entries) {
      log.push({ position, kind, id: Buffer.from(messageId).toString('hex') })
    }
  }
}

function pick<T>(items: readonly T[], chance: () => number): T {
  return items[Math.floor(chance() * items.length)]!
}

/** A small seeded generator: the same seed, the same choices. */
function mulberry32(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
