/**
 * What stands beside the logs and waits for one stream: read marks, signals of the moment, how far a peer's devices are.
 * It is sent when no entry waits. Of each device or account only the newest is kept, so a chat takes little however much
 * happens in it; where too many wait, more are dropped: a reader never loses its stream for them, and the next one
 * begins with the newest read marks.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, DeviceId } from '@veche/protocol'
import { type SealedSignal, SealedSignalSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Device } from '../append/roster.ts'
import type { StreamEvent } from './live-batch.ts'

/** From one device of a chat's member, for the others. */
export interface Signal {
  readonly kind: 'read-mark' | 'signal'
  readonly chatId: ChatId
  readonly sender: Device
  readonly sealed: Uint8Array
}

interface Waiting {
  readonly readMarks: Map<AccountId, Signal>
  readonly signals: Map<string, Signal>
  delivered: bigint
}

export class SignalQueue {
  readonly #most: number
  readonly #chats = new Map<ChatId, Waiting>()
  #count = 0
  #ownMarksChanged = false

  /** @param most read marks and signals that wait at once */
  constructor(most: number) {
    this.#most = most
  }

  add(signal: Signal): void {
    const { readMarks, signals } = this.#waitingIn(signal.chatId)
    const { accountId, deviceId } = signal.sender
    if (signal.kind === 'read-mark') this.#put(readMarks, accountId, signal)
    else this.#put(signals, `${accountId}/${deviceId}`, signal)
  }

  /** A device of the other person in a private chat has stored everything up to a position. */
  delivered(chatId: ChatId, position: bigint): void {
    const waiting = this.#waitingIn(chatId)
    if (position > waiting.delivered) waiting.delivered = position
  }

  ownMarksChanged(): void {
    this.#ownMarksChanged = true
  }

  /** What to send next, if anything waits. */
  next(): StreamEvent | undefined {
    if (this.#ownMarksChanged) {
      this.#ownMarksChanged = false
      return { case: 'ownMarksChanged', value: {} }
    }
    for (const [chatId, { readMarks, signals, delivered }] of this.#chats) {
      this.#chats.delete(chatId)
      this.#count -= readMarks.size + signals.size
      if (readMarks.size + signals.size === 0 && delivered === 0n) continue
      const value = {
        chatId: ChatId.toBytes(chatId),
        readMarks: [...readMarks.values()].map(sealedSignal),
        signals: [...signals.values()].map(sealedSignal),
        deliveredPosition: delivered,
      }
      return { case: 'signals', value }
    }
    return undefined
  }

  /** All that waits now. */
  *drain(): Generator<StreamEvent> {
    for (let event = this.next(); event; event = this.next()) yield event
  }

  #put<Key>(signals: Map<Key, Signal>, key: Key, signal: Signal): void {
    if (!signals.has(key)) {
      if (this.#count >= this.#most) return
      this.#count++
    }
    signals.set(key, signal)
  }

  #waitingIn(chatId: ChatId): Waiting {
    const waiting = this.#chats.get(chatId) ?? { readMarks: new Map(), signals: new Map(), delivered: 0n }
    this.#chats.set(chatId, waiting)
    return waiting
  }
}

function sealedSignal({ sender, sealed }: Signal): SealedSignal {
  return create(SealedSignalSchema, {
    accountId: AccountId.toBytes(sender.accountId),
    deviceId: DeviceId.toBytes(sender.deviceId),
    sealed,
  })
}
