/**
 * What pages and the core say to each other, over one BroadcastChannel that all tabs hear. Each core and each tab has a
 * random id; a core hears only what names it, a tab only what names it or is for all.
 */
import type { ClientEvent } from '@veche/client'
import type { CarriedError } from './carried-error.ts'
import type { Places } from './carry.ts'

export const CHANNEL = 'veche-core'
/** Of the Web Lock that a worker holds while it has the core. */
export const CORE_LOCK = 'veche-core'

/** Of the Web Lock that a tab holds while it lives, so that a core learns when it has gone. */
export function lockOfTab(tab: string): string {
  return `veche-tab-${tab}`
}

export type ToCore =
  /** Whoever has the core is to say so. */
  | { readonly kind: 'hello' }
  | ({ readonly kind: 'call'; readonly core: string; readonly tab: string; readonly call: number } & Call)
  | {
      readonly kind: 'callback-answer'
      readonly core: string
      readonly callback: string
      readonly outcome: Outcome
    }
  /** The caller's AbortSignal at that place has been aborted. */
  | {
      readonly kind: 'abort'
      readonly core: string
      readonly tab: string
      readonly call: number
      readonly signal: number
    }

export interface Call {
  readonly part: string
  readonly name: string
  /** Without the functions and signals that stood at `functions` and `signals`. */
  readonly args: readonly unknown[]
  readonly functions: Places
  readonly signals: Places
}

export type FromCore =
  | { readonly kind: 'core'; readonly core: string; readonly status: CoreStatus }
  /** From now on the call may have changed something. */
  | { readonly kind: 'begun'; readonly tab: string; readonly call: number }
  | { readonly kind: 'outcome'; readonly tab: string; readonly call: number; readonly outcome: Outcome }
  | { readonly kind: 'event'; readonly core: string; readonly event: ClientEvent }
  | {
      readonly kind: 'callback'
      readonly tab: string
      readonly call: number
      readonly function: number
      readonly callback: string
      readonly args: readonly unknown[]
    }

export type CoreStatus =
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly connected: boolean }
  | { readonly state: 'failed'; readonly error: CarriedError }
  | { readonly state: 'refused'; readonly reason: string }

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CarriedError }

/** Where both sides meet: a BroadcastChannel, or a pair of ends in a test. */
export interface Line {
  post(message: ToCore | FromCore): void
  listen(hear: (message: ToCore | FromCore) => void): void
}

export function openLine(): Line {
  const channel = new BroadcastChannel(CHANNEL)
  return {
    post: (message) => channel.postMessage(message),
    listen: (hear) => channel.addEventListener('message', ({ data }) => hear(data as ToCore | FromCore)),
  }
}
