/** What the HTTP/1.1 load generator is asked over IPC. */
export interface HttpLoadTask {
  readonly port: number
  readonly connections: number
  readonly durationMs: number
  /** Whole requests without a body, of which each connection sends one after another, from a place of its own on. */
  readonly requests: readonly string[]
}

export interface HttpLoadAnswer {
  /** One of each answer, from sending to the last byte. */
  readonly latenciesMs: readonly number[]
  /** How many answers had which status. */
  readonly statuses: Readonly<Record<number, number>>
  /** Of answers, heads included. */
  readonly bytes: number
}
