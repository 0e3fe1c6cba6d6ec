/** Has the people of a story do its steps, and writes down what must be judged. */
import { RefusedError, UnreachableError, UsageError } from '@veche/client'
import { type AccountId, ChatId } from '@veche/protocol'
import type { AppendRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { EvilServer } from '../evil-server.ts'
import { doInGroup, type GroupDeed } from './group-deeds.ts'
import type { GroupStep, ServiceStep } from './group-steps.ts'
import { type Liar, toTampering } from './lies.ts'
import type { Lie, Step } from './steps.ts'
import { type Actor, accountOf, nameOf, type Story } from './story.ts'

/** While lies are told, nothing has to come in time. */
const PATIENCE_MS = 5000
/** Once they are told no more, everything has to come: on a busy machine, late. */
const FINAL_PATIENCE_MS = 60_000

export class Director {
  readonly #server: EvilServer
  readonly #story: Story
  readonly #liar: Liar
  #number = 0
  #patienceMs = PATIENCE_MS

  constructor(server: EvilServer, story: Story, liar: Liar) {
    this.#server = server
    this.#story = story
    this.#liar = liar
    for (const actor of story.actors) this.#watch(actor)
  }

  async act(step: Step | GroupStep): Promise<void> {
    switch (step.do) {
      case 'say':
        await this.#say(this.#actor(step.who), this.#actor(step.to), step.texts)
        return this.#listen(this.#actor(step.who))
      case 'say-in':
        await this.#sayIn(this.#member(step.who), step.group, step.texts)
        return this.#listen(this.#member(step.who))
      case 'listen':
        return this.#listen(this.#actor(step.who))
      case 'meet':
        return this.#meet(this.#actor(step.who), this.#actor(step.to))
      case 'restart':
        return this.#restart(this.#actor(step.who))
      case 'lie':
        return this.#lie(this.#actor(step.who), step.lies)
      case 'honest':
        return this.#actor(step.who).victim.line.honest()
      case 'fork':
      case 'merge':
      case 'remember':
      case 'roll-back':
      case 'reset':
        return this.#turnServices(step)
      default:
        return this.#actInGroup(step)
    }
  }

  /** The server tells no new lies; what it showed stays. Everybody says one more word, and hears all. */
  async close(): Promise<void> {
    const { actors } = this.#story
    this.#patienceMs = FINAL_PATIENCE_MS
    this.#server.merge()
    for (const { victim } of actors) victim.line.honest()
    for (const actor of actors) await this.#restart(actor)
    await this.#everybodyListens()
    for (const actor of actors) {
      for (const other of actors) await this.#say(actor, other, 1)
      for (let group = 0; group < groupsOf(actor).length; group++) await this.#sayIn(actor, group, 1)
      await this.#listen(actor)
    }
    await this.#everybodyListens()
    await told()
  }

  #actor(number: number): Actor {
    const { actors } = this.#story
    return actors[number % actors.length]!
  }

  /** Who has a group, if anybody has. */
  #member(number: number): Actor {
    const members = this.#story.actors.filter((actor) => groupsOf(actor).length > 0)
    return members[number % members.length] ?? this.#actor(number)
  }

  async #everybodyListens(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      for (const actor of this.#story.actors) await this.#listen(actor)
    }
  }

  async #say(actor: Actor, to: Actor, texts: number): Promise<void> {
    const chat = (await actor.victim.client.contacts()).find(({ handle }) => handle === to.handle)?.chat
    if (chat) await this.#write(actor, chat, texts, to.handle)
  }

  async #sayIn(actor: Actor, group: number, texts: number): Promise<void> {
    const groups = groupsOf(actor)
    if (groups.length > 0) await this.#write(actor, groups[group % groups.length]!, texts)
  }

  #write(actor: Actor, chat: ChatId, texts: number, to?: string): Promise<void> {
    return this.#try(async () => {
      for (let count = 0; count < texts; count++) {
        const text = `${actor.handle} to ${to ?? 'all'}: ${++this.#number}`
        const { id, acknowledged } = await actor.victim.client.send(chat, text)
        acknowledged.catch(() => {}) // it is judged by what arrives
        this.#story.said.push({ by: actor, chat, id, text, ...(to && { to }) })
      }
    })
  }

  async #actInGroup(step: GroupDeed): Promise<void> {
    const actor = 'group' in step ? this.#member(step.who) : this.#actor(step.who)
    const groups = groupsOf(actor)
    const group = 'group' in step ? groups[step.group % groups.length] : undefined
    const others = this.#story.actors.filter((one) => one !== actor)
    const fitting = group ? others.filter((one) => isFor(step, membersOf(actor, group), one)) : others
    const other = fitting.length > 0 && 'to' in step ? fitting[step.to % fitting.length]! : others[0]!
    await this.#try(() => doInGroup(this.#story, actor, step, { group, other }))
    await this.#listen(actor)
  }

  async #turnServices(step: ServiceStep): Promise<void> {
    if (step.do === 'merge') return this.#server.merge()
    if (step.do === 'remember') return this.#server.remember()
    if (step.do === 'roll-back' && !this.#server.isRemembering) return
    this.#story.parted = true
    if (step.do === 'fork') await this.#server.fork(this.#actor(step.who).victim)
    else if (step.do === 'reset') await this.#server.reset()
    else this.#server.rollBack()
  }

  async #meet(actor: Actor, other: Actor): Promise<void> {
    if (actor === other) return
    await this.#try(async () => void (await actor.victim.client.requests.ask(other.handle)))
    await this.#try(async () => {
      const { incoming } = await other.victim.client.requests.list()
      const request = incoming.find(({ handle }) => handle === actor.handle)
      if (request) await other.victim.client.requests.answer(request.id, 'allow')
    })
    await this.#listen(actor)
  }

  async #listen(actor: Actor): Promise<void> {
    const patienceMs = this.#patienceMs
    const begunMs = performance.now()
    await this.#try(() => actor.victim.client.catchUp(patienceMs))
    const isHanging = patienceMs === FINAL_PATIENCE_MS && performance.now() - begunMs >= patienceMs
    if (isHanging) this.#story.crashes.push(new Error(`${actor.handle} waits for ever`))
  }

  async #restart(actor: Actor): Promise<void> {
    const { files, line, client } = actor.victim
    await client.close()
    await told()
    actor.before.push(...actor.victim.events)
    actor.victim = await this.#server.open(actor.handle, files, line)
  }

  #lie(actor: Actor, lies: readonly Lie[]): void {
    const { line, client } = actor.victim
    if (lies.some(({ about }) => about === 'inbox' || about === 'answer')) {
      actor.known ??= new Map(
        client.chats().map(({ chat, position }) => [chat, line.log(ChatId.toBytes(chat))?.begin ?? position]),
      )
    }
    line.tamper(...lies.map((lie) => toTampering(this.#liar, actor.victim, lie)))
  }

  #watch(actor: Actor): void {
    actor.victim.line.onCall = ({ name, request }) => {
      const { chatId, entry } = request as AppendRequest
      if (name !== 'Append' || entry.case !== 'application') return
      const ciphertext = nameOf(entry.value.mlsMessage)
      if (this.#story.seen.has(ciphertext)) return
      const id = ChatId.fromBytes(chatId)
      const chat = actor.victim.client.chats().find((one) => one.chat === id)
      const log = actor.victim.line.log(chatId)
      const readers = new Set(chat?.type === 'group' ? membersOf(actor, id) : [])
      this.#story.seen.set(ciphertext, { by: actor, position: chat?.position ?? 0n, log, readers })
    }
  }

  /** A server may refuse, and be away. Everything else is a fault of the client's. */
  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const isPlanned = error instanceof UnreachableError || error instanceof RefusedError
      if (!isPlanned && !(error instanceof UsageError)) this.#story.crashes.push(error)
    }
  }
}

/** Whom a deed is for: who comes in is not there yet. */
function isFor({ do: deed }: GroupDeed, members: readonly AccountId[], other: Actor): boolean {
  return members.includes(accountOf(other).account) !== (deed === 'bring' || deed === 'join')
}

function groupsOf({ victim: { client } }: Actor): ChatId[] {
  return client.chats().flatMap(({ type, chat, state }) => (type === 'group' && state === 'open' ? chat : []))
}

function membersOf({ victim: { client } }: Actor, chat: ChatId) {
  return client.groups.members(chat).map(({ account }) => account)
}

/** Lets what was told reach those who listen. */
function told(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
