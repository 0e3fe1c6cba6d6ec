/** Plays a story (`steps.ts`) with real clients, and writes down what must be judged. */
import { type ClientEvent, RefusedError, UnreachableError } from '@veche/client'
import { ChatId } from '@veche/protocol'
import type { AppendRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type EvilServer, introduce, type Scene, type Victim } from '../evil-server.ts'
import { Operator } from '../operator.ts'
import { type Liar, toTampering } from './lies.ts'
import type { Lie, Step } from './steps.ts'

/** One person over a whole story, whose program may be started again. */
export interface Actor {
  readonly handle: string
  victim: Victim
  /** What the program told before it was last started. */
  readonly before: ClientEvent[]
  /** Chats of which it may have been told lies that no log shows; of all that are new to it once it is undefined. */
  known: ReadonlySet<ChatId> | undefined
}

/** A text that somebody's program has taken in durable keeping. */
export interface Said {
  readonly by: Actor
  readonly chat: ChatId
  readonly id: string
  readonly text: string
}

export interface Story {
  readonly actors: readonly Actor[]
  readonly operator: Operator
  /** In the order of saying. */
  readonly said: Said[]
  /** By ciphertext: up to where its writer was shown the log when it was made. */
  readonly seen: Map<string, { readonly by: Actor; readonly position: bigint }>
  /** What went wrong in a way that no lie excuses. */
  readonly crashes: unknown[]
}

const HANDLES = ['alice', 'bob', 'carol']
/** While lies are told, nothing has to come in time. */
const PATIENCE_MS = 5000
/** Once they are told no more, everything has to come: on a busy machine, late. */
const FINAL_PATIENCE_MS = 60_000

/** Three people: Alice and Bob have a chat, Carol has yet to meet them. */
export async function setScene(server: EvilServer): Promise<Scene> {
  const cast: Victim[] = []
  for (const handle of HANDLES) cast.push(await server.welcome(handle))
  await introduce(cast[0]!, cast[1]!)
  for (const { client } of cast) await client.catchUp(FINAL_PATIENCE_MS)
  return server.freeze(...cast)
}

/** Plays the steps and then lets everybody speak and hear once more; `judge` sees what came of it. */
export async function play(
  scene: Scene,
  steps: readonly Step[],
  judge: (story: Story) => Promise<void>,
): Promise<void> {
  const { server, cast } = await scene.begin()
  await using _ = server
  const actors = cast.map(
    (victim): Actor => ({ handle: victim.handle, victim, before: [], known: undefined }),
  )
  const operator = await Operator.create()
  const story: Story = { actors, operator, said: [], seen: new Map(), crashes: [] }
  const director = new Director(server, story, await liarOf(story))
  for (const step of steps) await director.act(step)
  await director.close()
  await judge(story)
}

/** Everything that the person's program told, in order. */
export function eventsOf({ before, victim }: Actor): ClientEvent[] {
  return [...before, ...victim.events]
}

export function accountOf({ victim: { client } }: Actor) {
  const { account } = client
  if (account.kind !== 'ready') throw new Error('everybody has an account')
  return account
}

/** The name of a ciphertext in `Story.seen`. */
export function nameOf(mlsMessage: Uint8Array): string {
  return Buffer.from(mlsMessage).toString('base64')
}

async function liarOf({ actors, operator }: Story): Promise<Liar> {
  const { chat } = actors[0]!.victim.client.chats()[0]!
  const group = await operator.groupLike(chat, accountOf(actors[0]!).account)
  const logs = () => actors.flatMap(({ victim }) => victim.line.logs)
  return {
    operator,
    forgeries: { commit: await operator.commit(group), message: await operator.message(group) },
    fromAnother: (log) =>
      logs()
        .find(({ chatId }) => !Buffer.from(chatId).equals(log.chatId))
        ?.entries.at(-1),
  }
}

class Director {
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

  async act(step: Step): Promise<void> {
    const actor = this.#story.actors[step.who]!
    switch (step.do) {
      case 'say':
        await this.#say(actor, this.#story.actors[step.to]!, step.texts)
        return this.#listen(actor)
      case 'listen':
        return this.#listen(actor)
      case 'meet':
        return this.#meet(actor, this.#story.actors[step.to]!)
      case 'restart':
        return this.#restart(actor)
      case 'lie':
        return this.#lie(actor, step.lies)
      case 'honest':
        return actor.victim.line.honest()
      default:
        return step satisfies never
    }
  }

  /** The server tells no new lies; what it showed stays. Everybody says one more word, and hears all. */
  async close(): Promise<void> {
    const { actors } = this.#story
    this.#patienceMs = FINAL_PATIENCE_MS
    for (const { victim } of actors) victim.line.honest()
    for (const actor of actors) await this.#restart(actor)
    await this.#everybodyListens()
    for (const actor of actors) {
      for (const other of actors) await this.#say(actor, other, 1)
      await this.#listen(actor)
    }
    await this.#everybodyListens()
    await told()
  }

  async #everybodyListens(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      for (const actor of this.#story.actors) await this.#listen(actor)
    }
  }

  async #say(actor: Actor, to: Actor, texts: number): Promise<void> {
    const { client } = actor.victim
    const chat = (await client.contacts()).find(({ handle }) => handle === to.handle)?.chat
    if (!chat) return
    return this.#try(async () => {
      for (let count = 0; count < texts; count++) {
        const text = `${actor.handle} to ${to.handle}: ${++this.#number}`
        const { id, acknowledged } = await client.send(chat, text)
        acknowledged.catch(() => {}) // it is judged by what arrives
        this.#story.said.push({ by: actor, chat, id, text })
      }
    })
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
      actor.known ??= new Set(client.chats().map(({ chat }) => chat))
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
      this.#story.seen.set(ciphertext, { by: actor, position: chat?.position ?? 0n })
    }
  }

  /** A server may refuse, and be away. Everything else is a fault of the client's. */
  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const isPlanned = error instanceof UnreachableError || error instanceof RefusedError
      if (!isPlanned) this.#story.crashes.push(error)
    }
  }
}

/** Lets what was told reach those who listen. */
function told(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
