/** What is done about people, and the ways into chats and groups: searching, asking, answering, comparing. */
import { setTimeout as sleep } from 'node:timers/promises'
import { RefusedError, UnreachableError } from '@veche/client'
import type { ActContext } from './act-context.ts'
import { errorText } from './error-text.ts'
import type { Effect } from './talk-state.ts'

/** After a key, before the server is searched. */
const findPauseMs = 300

type Kind =
  | 'find'
  | 'ask'
  | 'join'
  | 'answer'
  | 'withdraw'
  | 'block'
  | 'unblock'
  | 'ask-binding'
  | 'accept-binding'
  | 'compare'
  | 'set-verified'
export type PeopleEffect = Extract<Effect, { kind: Kind }>

export class PeopleActs {
  readonly #context: ActContext
  #sought = ''

  constructor(context: ActContext) {
    this.#context = context
  }

  /** @throws what the client throws */
  async perform(effect: PeopleEffect): Promise<void> {
    const { client } = this.#context
    switch (effect.kind) {
      case 'find':
        return this.#find(effect)
      case 'ask':
        return this.#ask(effect.handle)
      case 'join':
        return this.#join(effect.link)
      case 'answer':
        return this.#answer(effect)
      case 'withdraw':
        return this.#withdraw(effect.id)
      case 'block':
        return this.#block(effect.handle)
      case 'unblock':
        await client.people.unblock(effect.handle)
        this.#context.take({ kind: 'blocked', blocked: await client.people.blocked() })
        return this.#context.listings.readRequests()
      case 'ask-binding': {
        const change = client.people.changedBinding(effect.chat)
        return this.#context.take({ kind: 'changed-binding', chat: effect.chat, change })
      }
      case 'accept-binding':
        return this.#acceptBinding(effect)
      case 'compare':
        return this.#compare(effect.handle)
      case 'set-verified': {
        await client.people.setVerified(effect.handle, effect.verified)
        this.#compare(effect.handle)
        return this.#context.listings.readChats()
      }
      default:
        return effect satisfies never
    }
  }

  /** Once nothing more was typed for a moment; what comes of it is a help, and its failures are no news. */
  async #find({ text, groups: isForGroups }: Extract<Effect, { kind: 'find' }>): Promise<void> {
    this.#sought = text
    await sleep(findPauseMs, undefined, { ref: false })
    if (this.#sought !== text || this.#context.signal.aborted) return
    try {
      const { client } = this.#context
      const sought = text.trim().replace(/^@/, '')
      const people = await client.people.find(sought)
      const groups = isForGroups ? await client.groups.find(sought) : []
      this.#context.take({ kind: 'people', text, people, groups })
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof UnreachableError)) throw error
    }
  }

  async #ask(handle: string): Promise<void> {
    const { client } = this.#context
    const { askAnswer } = this.#context.words().screen
    try {
      const { status, chat } = await client.requests.ask(handle)
      this.#context.take({ kind: 'asked', told: askAnswer[status](handle), isDone: true })
      await this.#context.listings.readChats()
      if (chat !== undefined) this.#context.take({ kind: 'opened', chat })
      await this.#context.listings.readRequests()
    } catch (error) {
      this.#tellFailure(error)
    }
  }

  async #join(link: string): Promise<void> {
    try {
      const { chat, status } = await this.#context.client.join(link)
      if (status !== 'joined') {
        const told = this.#context.words().screen.joinTold[status]
        this.#context.take({ kind: 'asked', told, isDone: true })
        return await this.#context.listings.readRequests()
      }
      await this.#context.listings.readChats()
      this.#context.take({ kind: 'opened', chat })
    } catch (error) {
      this.#tellFailure(error)
    }
  }

  #tellFailure(error: unknown): void {
    const { account, words, take } = this.#context
    take({ kind: 'asked', told: errorText(error, account.server, words()), isDone: false })
  }

  async #answer({ id, answer, intoGroup }: Extract<Effect, { kind: 'answer' }>): Promise<void> {
    const { chat } = await this.#context.client.requests.answer(id, answer)
    const { screen } = this.#context.words()
    if (answer === 'allow' && intoGroup !== undefined)
      this.#context.take({ kind: 'remark', text: screen.groupAllowed(`@${intoGroup}`) })
    await this.#context.listings.readChats()
    if (chat !== undefined) this.#context.take({ kind: 'opened', chat })
    await this.#context.listings.readRequests()
  }

  async #withdraw(id: string): Promise<void> {
    const status = await this.#context.client.requests.withdraw(id)
    const { withdrawn, askedToJoin } = this.#context.words().says.group
    this.#context.take({ kind: 'remark', text: status === 'ended' ? withdrawn : askedToJoin.refused })
    await this.#context.listings.readRequests()
  }

  async #block(handle: string): Promise<void> {
    await this.#context.client.people.block(handle)
    this.#context.take({ kind: 'remark', text: this.#context.words().screen.blocked(`@${handle}`) })
    await this.#context.listings.readRequests()
  }

  async #acceptBinding({ chat, isCompared }: Extract<Effect, { kind: 'accept-binding' }>): Promise<void> {
    const { people } = this.#context.client
    const { handle } = await people.acceptBinding(chat)
    if (isCompared) await people.setVerified(handle, true)
    const { accepted } = this.#context.words().says
    this.#context.take({ kind: 'remark', text: accepted[isCompared ? 'same' : 'later'](handle) })
    await this.#context.listings.readChats()
  }

  #compare(handle: string): void {
    const { people } = this.#context.client
    const compared = people.compare(handle)
    this.#context.take({ kind: 'compared', compared, code: people.verificationCode(handle) })
  }
}
