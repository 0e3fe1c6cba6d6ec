/**
 * How a private chat comes to be: one asks, the other allows, and the one who holds the right creates it. What the
 * device was asked to do and could not bring to its end is an intent in its journal, and is taken up again.
 */
import { PolicyError } from '@veche/mls'
import { ChatId, DecodeError, equalBytes, Turns } from '@veche/protocol'
import { Answer, type CreationRight, RequestStatus } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Intent } from '@veche/protocol/gen/local/v1/device_pb.js'
import { type Creator, prepareChat } from './create-chat.ts'
import { RefusedError } from './errors.ts'
import type { SyncEvent } from './events.ts'
import { Standing } from './local-chat.ts'
import { accountCalled, accountOf } from './person.ts'
import { bindHandle } from './pins.ts'
import type { Receipts } from './receipts.ts'
import type { Server } from './server.ts'
import { transmit } from './transmitter.ts'

export interface RequestOutcome {
  readonly status: 'open' | 'pending' | 'refused'
  readonly chatId?: ChatId
  /** 16 bytes. */
  readonly requestId?: Uint8Array
}

export interface ChatRequestsOptions extends Omit<Creator, 'accounts'> {
  readonly server: Server
  readonly receipts: Receipts
  readonly onEvent: (event: SyncEvent) => void
  readonly signal: AbortSignal
}

type IntentInit = Pick<Intent, 'intent'>

export class ChatRequests {
  readonly #options: ChatRequestsOptions
  readonly #creating = new Turns()

  constructor(options: ChatRequestsOptions) {
    this.#options = options
  }

  /** A request that nobody answered for is the user's to repeat; one that gave the right is carried out. */
  ask(handle: string): Promise<RequestOutcome> {
    return understood(() => this.#ask(handle))
  }

  allow(requestId: Uint8Array): Promise<RequestOutcome> {
    return understood(() => this.#allow(requestId))
  }

  refuse(requestId: Uint8Array): Promise<RequestOutcome> {
    return understood(() => this.#refuse(requestId))
  }

  async #ask(handle: string): Promise<RequestOutcome> {
    const { chats } = this.#options.server
    const { status, requestId, right, chatId } = await chats.requestChat({ handle })
    this.#ensureCalled(handle, right, chatId)
    const intent: IntentInit = { intent: { case: 'request', value: handle } }
    if (status === RequestStatus.CREATE) await this.#intend(intent)
    const outcome = await this.#carryOut(status, right, chatId)
    await this.#forget(intent)
    return { ...outcome, requestId }
  }

  /** @throws RefusedError `changed_binding` before the server is told anything (A2) */
  /** Who was asked by a handle is not another (A2). @throws DecodeError */
  #ensureCalled(handle: string, right: CreationRight | undefined, chatId: Uint8Array): void {
    if (right) accountCalled(handle, right.peer)
    const present = chatId.length > 0 ? this.#options.chats.get(ChatId.fromBytes(chatId)) : undefined
    if (present && present.state.peer?.handle !== handle)
      throw new DecodeError('request: a chat with another')
  }

  async #allow(requestId: Uint8Array): Promise<RequestOutcome> {
    await this.#ensureBound(requestId)
    const intent: IntentInit = { intent: { case: 'allow', value: requestId } }
    await this.#intend(intent)
    this.#options.onStep('allow: answer')
    try {
      const answered = await this.#options.server.chats.answerRequest({ requestId, answer: Answer.ALLOW })
      const outcome = await this.#carryOut(answered.status, answered.right, answered.chatId)
      await this.#forget(intent)
      return { ...outcome, requestId }
    } catch (error) {
      if (error instanceof RefusedError && error.reason === 'request_unknown') await this.#forget(intent)
      throw error
    }
  }

  async #refuse(requestId: Uint8Array): Promise<RequestOutcome> {
    const { chats } = this.#options.server
    const { status, right, chatId } = await chats.answerRequest({ requestId, answer: Answer.REFUSE })
    return { ...(await this.#carryOut(status, right, chatId)), requestId }
  }

  /** Takes up what was left undone. What the server refuses now is tried again by the next session. */
  async resume(): Promise<void> {
    for (const { intent } of this.#options.store.state.intents) {
      try {
        if (intent.case === 'request') await this.ask(intent.value)
        if (intent.case === 'allow') await this.allow(intent.value)
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
      }
    }
  }

  async #carryOut(
    status: RequestStatus,
    right: CreationRight | undefined,
    chatId: Uint8Array,
  ): Promise<RequestOutcome> {
    switch (status) {
      case RequestStatus.CREATE:
        return right ? { status: 'open', chatId: await this.#create(right) } : { status: 'pending' }
      case RequestStatus.OPEN:
        return { status: 'open', chatId: ChatId.fromBytes(chatId) }
      case RequestStatus.REFUSED:
      case RequestStatus.ENDED:
        return { status: 'refused' }
      case RequestStatus.PENDING:
      case RequestStatus.UNSPECIFIED:
        return { status: 'pending' }
      default:
        return status satisfies never
    }
  }

  /** Who asks is shown before they get the right: a chat for another account is not even allowed. */
  async #ensureBound(requestId: Uint8Array): Promise<void> {
    const { server, store } = this.#options
    const { incoming } = await server.chats.listRequests({})
    const from = incoming.find((request) => equalBytes(request.requestId, requestId))?.from
    if (from === undefined || !store.state.pins.has(from.handle)) return
    if ((await bindHandle(store, from.handle, accountOf(from))) === 'changed')
      throw new RefusedError('changed_binding')
  }

  /** One at a time: two calls for one pair would make two first commits. */
  #create(right: CreationRight): Promise<ChatId> {
    return this.#creating.take(async () => {
      const { onEvent, server } = this.#options
      const chat = await prepareChat({ ...this.#options, accounts: server.accounts }, right)
      const wasCreating = chat.state.standing === Standing.CREATING
      await transmit({ ...this.#options, server: server.chats }, chat)
      if (chat.state.standing === Standing.CREATING) throw new RefusedError('chat_exists')
      if (wasCreating) onEvent({ kind: 'chat', chat: chat.state.chatId })
      return chat.state.chatId
    })
  }

  #intend(intent: IntentInit): Promise<void> {
    return this.#options.store.store({ case: 'intent', value: intent })
  }

  async #forget(intent: IntentInit): Promise<void> {
    const { store } = this.#options
    if (store.state.intents.length > 0) await store.store({ case: 'intentDone', value: intent })
  }
}

/** An answer that makes no sense, or would lead where no member follows, is a refusal: nothing else ends by it. */
async function understood<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('answer_invalid', { cause })
    if (cause instanceof PolicyError) throw new RefusedError('not_allowed', { cause })
    throw cause
  }
}
