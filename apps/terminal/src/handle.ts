/** People write handles with or without the sign that tells them from names. */
export function withoutAt(handle: string): string {
  return handle.replace(/^@/, '')
}
