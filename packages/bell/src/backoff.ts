/** How long to wait after so many failures in a row: 1 to 60 s, anywhere within, so that a service that comes back is not met by all at once. */
export function backoffMs(failures: number, random = Math.random()): number {
  const longest = Math.min(60_000, 2_000 * 2 ** failures)
  return 1_000 + random * (longest - 1_000)
}
