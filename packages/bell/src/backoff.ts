/** How long to wait after so many failures in a row: 1 to 60 s, anywhere within, so that a service that comes back is not met by all at once. */
export function backoffMs(failures: number, random = Math.random()): number {
  return 1_000 + random * Math.min(59_000, 1_500 * 2 ** failures)
}
