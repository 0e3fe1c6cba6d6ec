/** What the load generator is asked over IPC. */
export type LoadTask =
  | { readonly kind: 'pairs'; readonly count: number }
  /** Registers devices that `idle` then connects. */
  | { readonly kind: 'register'; readonly count: number }
  /** All registered devices listen, each on a connection of its own. */
  | { readonly kind: 'idle' }
  /** Without a rate: as fast as it is answered. */
  | { readonly kind: 'write'; readonly durationMs: number; readonly ratePerSecond?: number }
  | GroupTask

export type GroupTask =
  /** Makes a group of so many accounts, whose devices all listen, each on a connection of its own. */
  | { readonly kind: 'group'; readonly members: number }
  /** Some members write in turns; done when every member has received everything. */
  | { readonly kind: 'writeToGroup'; readonly messages: number }
  /** Makes a commit: one account more, or that one less. */
  | { readonly kind: 'prepareCommit'; readonly change: 'add' | 'remove' }
  /** Sends it; done when every member has received it. */
  | { readonly kind: 'commit' }

export interface LoadAnswer {
  /** One of each message received, or of the commit until all had it. */
  readonly latenciesMs: readonly number[]
}
