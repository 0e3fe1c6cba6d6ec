/**
 * What members tell each other beside the log, as this device says and hears it (M20): how far somebody has read, and that
 * somebody is writing. Each can be switched off, and who does not say it does not hear it either.
 *
 * Only in private chats and in groups of at most 100, and only of what was shown (B7). A signal whose number is not greater
 * than the last of its device is dropped (A11); what cannot be opened, too.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { type Device, listedAccounts } from '@veche/mls'
import { AccountId, ChatId, DecodeError, DeviceId } from '@veche/protocol'
import type { ChatSignals, SealedSignal } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Signal, SignalSchema } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import type { DeviceStore } from './device-store.ts'
import type { SyncEvent } from './events.ts'
import { type LocalChat, Standing } from './local-chat.ts'
import { numberOf, readersOf, readOf, type Said } from './local-marks.ts'
import { rulesOf } from './rules.ts'
import type { ChatsClient } from './server.ts'
import { openSignal, type SignalSender, sealSignal } from './signal-seal.ts'
import type { Heard } from './typing.ts'

export interface SignalsOptions {
  readonly chats: Chats
  readonly store: DeviceStore
  readonly server: { readonly chats: ChatsClient }
  readonly device: Device
  readonly identity: SignalSender
  readonly nowMs: () => number
  /** Ends the calls that are under way. */
  readonly calls: () => { readonly signal: AbortSignal }
  readonly onEvent: (event: SyncEvent) => void
  /** Told that another member writes, or has stopped. */
  readonly onTyping: (heard: Heard) => void
}

/** As the server has it. */
const MAX_MEMBERS = 100

export class Signals {
  readonly #options: SignalsOptions
  /** The last numbers heard and said, by device and chat, where they are greater than what is stored. */
  readonly #heard = new Map<string, bigint>()
  readonly #said = new Map<ChatId, bigint>()

  constructor(options: SignalsOptions) {
    this.#options = options
  }

  /** Whether other members are still to be told how far this account has read. */
  isReadDue({ state }: Chat): boolean {
    return state.standing === Standing.OPEN && readOf(state) > (state.marks.told?.position ?? 0n)
  }

  /** Tells them, unless nobody is to hear it. @throws UnreachableError, RefusedError */
  async tellRead(chat: Chat): Promise<void> {
    const position = readOf(chat.state)
    const number = this.#nextNumber(chat)
    if (this.#saysRead && isHeard(chat.state)) {
      const sealed = await this.#seal(chat, number, { case: 'readPosition', value: position })
      const request = { chatId: ChatId.toBytes(chat.state.chatId), sealed }
      await this.#options.server.chats.setReadMark(request, this.#options.calls())
    }
    await chat.marks.readTold(position, number)
  }

  /** @throws UnreachableError, RefusedError */
  async tellTyping(chat: Chat, isTyping: boolean): Promise<void> {
    if (!this.#saysTyping || chat.state.standing !== Standing.OPEN || !isHeard(chat.state)) return
    const sealed = await this.#seal(chat, this.#nextNumber(chat), { case: 'writing', value: isTyping })
    const request = { chatId: ChatId.toBytes(chat.state.chatId), sealed }
    await this.#options.server.chats.sendSignal(request, this.#options.calls())
  }

  /** Takes in what came of one chat. */
  async take({ chatId, readMarks, signals, deliveredPosition }: ChatSignals): Promise<void> {
    const chat = this.#options.chats.get(ChatId.fromBytes(chatId))
    if (!chat || !isHeard(chat.state)) return
    const said: Said[] = []
    for (const sealed of [...readMarks, ...signals]) {
      const read = await this.#open(chat, sealed)
      if (read) said.push(read)
    }
    await this.#hear(chat, said, chat.state.peer ? deliveredPosition : 0n)
  }

  async #hear(chat: Chat, said: readonly Said[], deliveredPosition: bigint): Promise<void> {
    const { onEvent } = this.#options
    const { chatId: id, marks } = chat.state
    const before = new Map(readersOf(chat.state).map(({ accountId, position }) => [accountId, position]))
    const delivered = marks.heard?.delivered ?? 0n
    await chat.marks.hear(said, deliveredPosition)
    if (deliveredPosition > delivered) onEvent({ kind: 'delivered', chat: id, position: deliveredPosition })
    for (const { accountId: by, position } of readersOf(chat.state)) {
      if (position > (before.get(by) ?? 0n)) onEvent({ kind: 'read', chat: id, by, position })
    }
  }

  /** @returns what is to be stored; that somebody writes is told and forgotten */
  async #open(chat: Chat, sealed: SealedSignal): Promise<Said | undefined> {
    try {
      const sender = senderOf(sealed)
      const { number, signal } = await openSignal(chat.state, sender, sealed.sealed)
      const key = `${chat.state.chatId} ${sender.accountId} ${sender.deviceId}`
      const last = later(this.#heard.get(key) ?? 0n, numberOf(chat.state, sender))
      if (number <= last) return undefined
      this.#heard.set(key, number)
      if (signal.case === 'writing' && this.#saysTyping)
        this.#options.onTyping({
          chat: chat.state.chatId,
          by: sender.accountId,
          number,
          isTyping: signal.value,
        })
      if (signal.case !== 'readPosition' || !this.#saysRead) return undefined
      return { sender, number, readPosition: signal.value }
    } catch (error) {
      if (error instanceof DecodeError) return undefined
      throw error
    }
  }

  async #seal(
    { state }: Chat,
    number: bigint,
    signal: MessageInitShape<typeof SignalSchema>['signal'],
  ): Promise<Uint8Array> {
    const { device, identity } = this.#options
    const message: Signal = create(SignalSchema, { number, signal: signal! })
    return sealSignal(state.group, device, identity, message)
  }

  /** Greater than any before, also when the clock is put back. */
  #nextNumber({ state }: Chat): bigint {
    const last = later(this.#said.get(state.chatId) ?? 0n, state.marks.told?.number ?? 0n)
    const number = later(BigInt(this.#options.nowMs()), last + 1n)
    this.#said.set(state.chatId, number)
    return number
  }

  get #saysRead(): boolean {
    return !this.#options.store.state.switches?.noReadMarks
  }

  get #saysTyping(): boolean {
    return !this.#options.store.state.switches?.noTyping
  }
}

function isHeard({ group }: LocalChat): boolean {
  return listedAccounts(rulesOf(group)).length <= MAX_MEMBERS
}

/** @throws DecodeError */
function senderOf({ accountId, deviceId }: SealedSignal): SignalSender {
  return { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId) }
}

function later(one: bigint, other: bigint): bigint {
  if (one > other) return one
  return other
}
