/**
 * Hands what stands beside the logs to the streams that may have it, here and, by the bus, in other processes. Who may
 * send is asked before; a stream follows a chat only while its device is in it, so nobody else gets anything (B7).
 */
import type { AccountId, ChatId } from '@veche/protocol'
import type { Bus, Subscription } from '@veche/service-kit'
import type { DeviceNumber } from '../append/roster.ts'
import type { DeviceStream } from './device-stream.ts'
import type { Signal } from './signal-queue.ts'
import { type Beside, type DeliveredTo, decodeBeside, encodeBeside, SIGNALS_TOPIC } from './signal-wire.ts'

/** Which streams of this process there are. */
export interface Streams {
  followersOf(chatId: ChatId): Iterable<DeviceStream>
  streamsOf(accountId: AccountId): Iterable<DeviceStream>
}

export class Signals {
  readonly #bus: Bus
  readonly #streams: Streams
  /** 8 random bytes: this process, as the others know it. */
  readonly #process = crypto.getRandomValues(new Uint8Array(8))
  #subscription: Subscription | undefined

  constructor(bus: Bus, streams: Streams) {
    this.#bus = bus
    this.#streams = streams
  }

  async start(): Promise<void> {
    this.#subscription = await this.#bus.subscribe(SIGNALS_TOPIC, (payload) => {
      const beside = decodeBeside(this.#process, payload)
      if (beside) this.#handOut(beside)
    })
  }

  stop(): void {
    this.#subscription?.[Symbol.dispose]()
  }

  /** For the other members of the chat. */
  send(signal: Signal): void {
    this.#tell(signal)
  }

  /** Devices have stored private chats up to these positions. */
  delivered(delivered: readonly DeliveredTo[]): void {
    if (delivered.length > 0) this.#tell({ kind: 'delivered', delivered })
  }

  /** For the other devices of the account. */
  ownMarksChanged(accountId: AccountId, setBy: DeviceNumber): void {
    this.#tell({ kind: 'own-marks', accountId, setBy })
  }

  #tell(beside: Beside): void {
    this.#handOut(beside)
    for (const payload of encodeBeside(this.#process, beside)) {
      this.#bus.publish(SIGNALS_TOPIC, payload).catch(() => {}) // what is lost comes with the next stream
    }
  }

  #handOut(beside: Beside): void {
    switch (beside.kind) {
      case 'delivered':
        for (const { chatId, accountId, position } of beside.delivered) {
          this.#giveOthers(chatId, accountId, ({ signals }) => signals.delivered(chatId, position))
        }
        return
      case 'own-marks':
        for (const stream of this.#streams.streamsOf(beside.accountId)) {
          if (stream.device === beside.setBy) continue
          stream.signals.ownMarksChanged()
          stream.wake()
        }
        return
      default:
        this.#giveOthers(beside.chatId, beside.sender.accountId, ({ signals }) => signals.add(beside))
    }
  }

  #giveOthers(chatId: ChatId, from: AccountId, give: (stream: DeviceStream) => void): void {
    for (const stream of this.#streams.followersOf(chatId)) {
      if (stream.accountId === from) continue
      give(stream)
      stream.wake()
    }
  }
}
