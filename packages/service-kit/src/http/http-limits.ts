/** What one peer may cost the listener. Every limit is always set; a test may choose smaller ones. */
export interface HttpLimits {
  /** Connections in all; more are closed at once. */
  readonly maxConnections: number
  /** Connections of one address; not applied behind a proxy, whose address they all have. */
  readonly maxConnectionsPerAddress: number
  /** From the connection to the end of the first headers. */
  readonly headersTimeoutMs: number
  /** How long a request's body may pause; it must also keep up with `bodyBytesPerSecond`. */
  readonly bodyTimeoutMs: number
  readonly bodyBytesPerSecond: number
  /** A connection without any traffic. */
  readonly idleTimeoutMs: number
  /** HTTP/2 PING this often; a peer that does not answer one before the next is cut off. */
  readonly pingIntervalMs: number
  readonly maxHeaderBytes: number
  readonly maxConcurrentStreams: number
  /** Streams that one HTTP/2 session may open: at once, and then per second (C7). */
  readonly streamBurst: number
  readonly streamsPerSecond: number
  /** Streams that may end by a reset, whoever sent it (Rapid Reset, MadeYouReset): at once, and per second. */
  readonly resetBurst: number
  readonly resetsPerSecond: number
}

export const defaultHttpLimits: HttpLimits = {
  maxConnections: 10_000,
  maxConnectionsPerAddress: 2_000,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  bodyBytesPerSecond: 1024,
  idleTimeoutMs: 60_000,
  pingIntervalMs: 30_000,
  maxHeaderBytes: 16 * 1024,
  maxConcurrentStreams: 100,
  streamBurst: 4_000,
  streamsPerSecond: 2_000,
  resetBurst: 200,
  resetsPerSecond: 20,
}
