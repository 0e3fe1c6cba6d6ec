/** Who waits to hear that a message was acknowledged. */
import type { MessageId } from '@veche/protocol'

export interface Acknowledgement {
  /** The message's position in the log. */
  readonly seq: bigint
  /** The server's clock, milliseconds since 1970. */
  readonly at: number
}

interface Waiting {
  readonly promise: Promise<Acknowledgement>
  resolve(acknowledgement: Acknowledgement): void
  reject(cause: Error): void
}

export class Receipts {
  readonly #waiting = new Map<MessageId, Waiting>()

  /** Resolves when the server has the message; rejects when it refuses it for good, or the client is closed. */
  expect(messageId: MessageId): Promise<Acknowledgement> {
    const present = this.#waiting.get(messageId)
    if (present) return present.promise
    const waiting = Promise.withResolvers<Acknowledgement>()
    waiting.promise.catch(() => {}) // nobody need listen: the message is in the outbox all the same
    this.#waiting.set(messageId, waiting)
    return waiting.promise
  }

  acknowledge(messageId: MessageId, acknowledgement: Acknowledgement): void {
    this.#waiting.get(messageId)?.resolve(acknowledgement)
    this.#waiting.delete(messageId)
  }

  refuse(messageId: MessageId, cause: Error): void {
    this.#waiting.get(messageId)?.reject(cause)
    this.#waiting.delete(messageId)
  }

  refuseAll(cause: Error): void {
    for (const messageId of [...this.#waiting.keys()]) this.refuse(messageId, cause)
  }
}
