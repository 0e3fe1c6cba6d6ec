/** What is done in one chat, and searching all of them. */
import { type ChatSummary, RefusedError, type SendReceipt, type ShownMessage } from '@veche/client'
import type { ActContext } from './act-context.ts'
import { readPage } from './history-pages.ts'
import type { Effect } from './talk-state.ts'

const searchLimit = 200

type Kind = 'read' | 'read-answered' | 'mark-read' | 'send' | 'resend' | 'keep' | 'mute' | 'pin' | 'search'
export type ChatEffect = Extract<Effect, { kind: Kind }>

export class ChatActs {
  readonly #context: ActContext

  constructor(context: ActContext) {
    this.#context = context
  }

  /** @throws what the client throws */
  async perform(effect: ChatEffect): Promise<void> {
    const { client } = this.#context
    switch (effect.kind) {
      case 'read': {
        const { chat, page } = effect
        const { which, messages } = await readPage(client, chat, page)
        return this.#context.take({ kind: 'page', chat, which, messages })
      }
      case 'read-answered': {
        const { chat, ids } = effect
        const found = await Promise.all(ids.map((id) => client.message(chat, id)))
        return this.#context.take({
          kind: 'answered',
          chat,
          messages: found.filter((each) => each !== undefined),
        })
      }
      case 'mark-read':
        await client.keeping.markRead(effect.chat, effect.seq)
        await this.#context.seen.mark(effect.chat, Number(effect.seq))
        return this.#context.listings.readChats()
      case 'send':
        return this.#send(effect)
      case 'resend':
        return this.#resend(effect.chat)
      case 'keep':
        await client.keeping.set(effect.chat, { [effect.where]: effect.kept })
        return this.#context.listings.readChats()
      case 'mute':
        await client.marks.mute(effect.chat, effect.isMuted ? 'for-good' : 'off')
        return this.#context.listings.readChats()
      case 'pin':
        await client.marks.pin(effect.chat, effect.isPinned)
        return this.#context.listings.readChats()
      case 'search': {
        const messages = await client.search(effect.text, { limit: searchLimit })
        return this.#context.take({ kind: 'found', text: effect.text, messages })
      }
      default:
        return effect satisfies never
    }
  }

  async #send({ chat, text, replyTo }: Extract<Effect, { kind: 'send' }>): Promise<void> {
    const { client } = this.#context
    try {
      const receipt = await client.send(chat, text, { fromDraft: true, ...(replyTo && { replyTo }) })
      const message = await client.message(chat, receipt.id)
      if (message) this.#watch(receipt, message)
      await this.#context.listings.readChats()
    } catch (error) {
      this.#context.take({ kind: 'not-taken', chat, text })
      throw error
    }
  }

  async #resend(chat: ChatSummary['chat']): Promise<void> {
    const { unsent } = this.#context.client
    for (const { reason: _reason, ...message } of unsent.list(chat)) {
      this.#watch(await unsent.resend(chat, message.id), { ...message, state: 'waiting' })
    }
    await this.#context.listings.readChats()
  }

  /** Shows a message that waits, and what becomes of it. */
  #watch({ acknowledged }: SendReceipt, message: ShownMessage): void {
    this.#context.take({ kind: 'message', message })
    acknowledged.then(
      ({ seq }) => {
        this.#context.take({ kind: 'message', message: { ...message, seq, state: 'sent' } })
        this.showProgress(message.chat)
      },
      (error) => {
        if (!(error instanceof RefusedError)) return // the client was closed; the message is kept
        this.#context.take({
          kind: 'message',
          message: { ...message, state: 'not-sent', reason: error.reason },
        })
        void this.#context.listings.readChats()
      },
    )
  }

  /** How far the own messages of a chat have come. */
  showProgress(chat: ChatSummary['chat']): void {
    const { marks } = this.#context.client
    this.#context.take({ kind: 'progress', chat, progressOf: (seq) => marks.progress(chat, seq) })
  }
}
