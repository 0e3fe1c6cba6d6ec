/**
 * Wake-ups between parts of the server. A payload is small (at most 8 KiB) and may be lost: it says "look in
 * PostgreSQL", it never is the truth. Payloads of one publisher on one topic arrive in order, each at most once
 * for each subscriber, never before `publish` was called, and also at the publisher's own subscribers. An
 * error in one subscriber is nobody else's.
 */
export interface Bus {
  /** Resolves once handed over, not once received. @throws RangeError over 8 KiB. */
  publish(topic: string, payload: Uint8Array): Promise<void>
  /** Once it resolves, later payloads arrive. Disposing ends it at once. */
  subscribe(topic: string, receive: (payload: Uint8Array) => void): Promise<Subscription>
  close(): Promise<void>
}

export interface Subscription extends Disposable {}

export const maxBusPayloadBytes = 8 * 1024
