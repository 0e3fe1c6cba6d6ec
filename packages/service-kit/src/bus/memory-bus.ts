import { type Bus, maxBusPayloadBytes, type Subscription } from './bus.ts'

type Receive = (payload: Uint8Array) => void

/** The bus of a server that is one process. */
export class MemoryBus implements Bus {
  readonly #subscribers = new Map<string, Set<Receive>>()

  async publish(topic: string, payload: Uint8Array): Promise<void> {
    if (payload.length > maxBusPayloadBytes) throw new RangeError(`bus payload of ${payload.length} bytes`)
    const copy = payload.slice() // the publisher may reuse its buffer
    for (const receive of this.#subscribers.get(topic) ?? []) {
      setImmediate(() => {
        if (this.#subscribers.get(topic)?.has(receive)) deliver(receive, copy)
      })
    }
  }

  async subscribe(topic: string, receive: Receive): Promise<Subscription> {
    const own: Receive = (payload) => receive(payload)
    const receivers = this.#subscribers.get(topic) ?? new Set()
    this.#subscribers.set(topic, receivers.add(own))
    return { [Symbol.dispose]: () => this.#unsubscribe(topic, own) }
  }

  async close(): Promise<void> {
    this.#subscribers.clear()
  }

  #unsubscribe(topic: string, receive: Receive): void {
    const receivers = this.#subscribers.get(topic)
    receivers?.delete(receive)
    if (receivers?.size === 0) this.#subscribers.delete(topic)
  }
}

function deliver(receive: Receive, payload: Uint8Array): void {
  try {
    receive(payload.slice())
  } catch {
    // A subscriber's error is its own: a wake-up may be lost, and the others must get theirs.
  }
}
