/** What the load generator is asked over IPC. */
export type LoadTask =
  | { readonly kind: 'pairs'; readonly count: number }
  | { readonly kind: 'idle'; readonly count: number }
  /** Without a rate: as fast as it is answered. */
  | { readonly kind: 'write'; readonly durationMs: number; readonly ratePerSecond?: number }

export interface LoadAnswer {
  /** One of each message received. */
  readonly latenciesMs: readonly number[]
}
