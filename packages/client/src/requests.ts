/** How private chats come to be: one asks, the other allows or refuses (M11, M14). */
import { type ChatId, DecodeError } from '@veche/protocol'
import { RefusedError, type RequestOutcome } from '@veche/sync'
import type { Member } from './member.ts'
import { parseRequestId, type Request, requestIdText, toIncoming, toOutgoing } from './views.ts'

export interface RequestState {
  readonly status: 'open' | 'pending' | 'refused'
  readonly chat?: ChatId
}

export class Requests {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /** Asks the owner of a handle for a private chat; where it is allowed at once, the chat is made. */
  async ask(handle: string): Promise<RequestState & { readonly request?: string }> {
    const outcome = await this.#member().delivery.request(handle)
    const { requestId } = outcome
    return { ...toState(outcome), ...(requestId?.length === 16 && { request: requestIdText(requestId) }) }
  }

  /** Both ways, those that are not open chats yet; newest first. */
  async list(): Promise<{ incoming: Request[]; outgoing: Request[] }> {
    const { server, store } = this.#member()
    const { incoming, outgoing } = await server.chats.listRequests({})
    return {
      incoming: incoming.map((request) => toIncoming(request, store.state)),
      outgoing: outgoing.map(toOutgoing),
    }
  }

  /**
   * Takes back what this account has asked by a link, from any of its devices: nobody lets it in any more, and it may ask again.
   * @throws RefusedError `request_unknown`, also where somebody has let it in meanwhile; UnreachableError
   */
  async withdraw(requestId: string): Promise<'ended' | 'refused'> {
    return this.#member().delivery.links.withdraw(readRequestId(requestId))
  }

  /** Allows a request, which makes the chat, or refuses it. @throws RefusedError `request_unknown` */
  async answer(requestId: string, answer: 'allow' | 'refuse'): Promise<RequestState> {
    return toState(await this.#member().delivery.answer(readRequestId(requestId), answer))
  }
}

function toState({ status, chatId }: RequestOutcome): RequestState {
  return { status, ...(chatId && { chat: chatId }) }
}

/** @throws RefusedError `request_unknown`: what is no id names no request */
function readRequestId(text: string): Uint8Array {
  try {
    return parseRequestId(text)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('request_unknown', { cause })
    throw cause
  }
}
