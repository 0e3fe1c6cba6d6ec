/** Alice and Bob with a chat, made once and begun anew for each test: three times as quick as registering them. */
import type { ChatId } from '@veche/protocol'
import { EvilServer, introduce, type Scene, type Victim } from './evil-server.ts'

export interface Pair {
  readonly server: EvilServer
  readonly alice: Victim
  readonly bob: Victim
  readonly chat: ChatId
}

export class PairScene implements AsyncDisposable {
  readonly #scene: Scene
  readonly #model: EvilServer
  readonly #begun: EvilServer[] = []

  static async set(): Promise<PairScene> {
    const model = await EvilServer.start()
    const [alice, bob] = [await model.welcome('alice'), await model.welcome('bob')]
    await introduce(alice, bob)
    return new PairScene(model, await model.freeze(alice, bob))
  }

  private constructor(model: EvilServer, scene: Scene) {
    this.#model = model
    this.#scene = scene
  }

  /** On a server of their own, which is honest until it is told otherwise. */
  async begin(): Promise<Pair> {
    const { server, cast } = await this.#scene.begin()
    this.#begun.push(server)
    const [alice, bob] = cast as [Victim, Victim]
    return { server, alice, bob, chat: alice.client.chats()[0]!.chat }
  }

  /** Ends what was begun. */
  async end(): Promise<void> {
    for (const server of this.#begun.splice(0)) await server[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    await this.#model[Symbol.asyncDispose]()
  }
}
