/** What the load generator is asked over IPC. */
export type LoadTask =
  | { readonly kind: 'pairs'; readonly count: number }
  /** Registers devices that `idle` then connects. */
  | { readonly kind: 'register'; readonly count: number }
  /** All registered devices listen, each on a connection of its own. */
  | { readonly kind: 'idle' }
  /** Without a rate: as fast as it is answered. */
  | { readonly kind: 'write'; readonly durationMs: number; readonly ratePerSecond?: number }

export interface LoadAnswer {
  /** One of each message received. */
  readonly latenciesMs: readonly number[]
}
