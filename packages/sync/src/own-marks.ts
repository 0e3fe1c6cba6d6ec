/**
 * Keeps what the account's devices agree on: sets this device's marks at the server, and takes the others' in (M20).
 *
 * A mark that is not as it is wanted is set a moment after it has changed, so that reading on sets one mark. Where another
 * device was first, all marks are listed, merged, and set again. What cannot be set now is left to the next session.
 */
import { AccountId, ChatId, DecodeError } from '@veche/protocol'
import type { SealedOwnMark } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError } from './errors.ts'
import { Standing } from './local-chat.ts'
import { wantedMark } from './local-marks.ts'
import { isSameMark, NO_MARK, openOwnMark, sealOwnMark } from './own-mark.ts'
import type { ChatsClient } from './server.ts'

export interface OwnMarksOptions {
  readonly chats: Chats
  readonly store: DeviceStore
  readonly server: { readonly chats: ChatsClient }
  /** Ends the calls that are under way. */
  readonly calls: () => { readonly signal: AbortSignal }
}

const PAGE = 500
/** Other devices may be setting marks as well. */
const MAX_TRIES = 5

export class OwnMarks {
  readonly #options: OwnMarksOptions

  constructor(options: OwnMarksOptions) {
    this.#options = options
  }

  /** Takes in what other devices have set. @throws UnreachableError, RefusedError */
  async pull(): Promise<void> {
    const key = this.#key
    if (!key) return
    const known = [...this.#options.chats].map(({ state }) => state.marks.own)
    const isAsked = known.every((own) => own?.asked)
    const { server, calls } = this.#options
    let after = isAsked ? known.reduce((most, own) => later(most, own?.revision ?? 0n), 0n) : 0n
    for (;;) {
      const { marks } = await server.chats.listOwnMarks({ afterRevision: after }, calls())
      for (const mark of marks) await this.#take(key, mark)
      after = marks.at(-1)?.revision ?? after
      if (marks.length < PAGE) break
    }
    for (const chat of this.#options.chats) {
      if (!chat.state.marks.own?.asked)
        await chat.marks.takeOwn({ revision: chat.state.marks.own?.revision ?? 0n })
    }
  }

  /** Whether the mark is still to be set. */
  isDue({ state }: Chat): boolean {
    if (!this.#key || state.standing !== Standing.OPEN) return false
    return !isSameMark(wantedMark(state), state.marks.own?.agreed ?? NO_MARK)
  }

  /** Sets the chat's mark as it is wanted. @throws UnreachableError, RefusedError */
  async push(chat: Chat): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES && this.isDue(chat); tries++) {
      try {
        return await this.#set(chat)
      } catch (error) {
        if (!(error instanceof RefusedError) || error.reason !== 'mark_conflict') throw error
        await this.pull()
      }
    }
  }

  async #set(chat: Chat): Promise<void> {
    const { chatId } = chat.state
    const mark = wantedMark(chat.state)
    const sealed = await sealOwnMark(this.#key!, this.#placeOf(chatId), mark)
    const expectedRevision = chat.state.marks.own?.revision ?? 0n
    const request = { chatId: ChatId.toBytes(chatId), expectedRevision, sealed }
    const { revision } = await this.#options.server.chats.setOwnMark(request, this.#options.calls())
    await chat.marks.takeOwn({ revision, mark })
  }

  async #take(key: Uint8Array, { chatId: id, revision, sealed }: SealedOwnMark): Promise<void> {
    const chatId = ChatId.fromBytes(id)
    const chat = this.#options.chats.get(chatId)
    if (!chat || revision <= (chat.state.marks.own?.revision ?? 0n)) return
    await chat.marks.takeOwn({ revision, ...(await this.#open(key, chatId, sealed)) })
  }

  /** One that cannot be read is passed over, and replaced by this device's. */
  async #open(key: Uint8Array, chatId: ChatId, sealed: Uint8Array) {
    try {
      return { mark: await openOwnMark(key, this.#placeOf(chatId), sealed) }
    } catch (error) {
      if (error instanceof DecodeError) return {}
      throw error
    }
  }

  #placeOf(chatId: ChatId) {
    return { chatId, accountId: AccountId.fromBytes(this.#options.store.state.profile!.accountId) }
  }

  /** A device that an older version made has none: it agrees with no other. */
  get #key(): Uint8Array | undefined {
    const key = this.#options.store.state.profile?.notesKey
    return key?.length === 32 ? key : undefined
  }
}

function later(one: bigint, other: bigint): bigint {
  if (one > other) return one
  return other
}
