/**
 * How long a token lasts, from issued to expired by the issuer's clock: this device's may be wrong. The widget reads nothing else of it.
 * @returns 0 for what is no token: a sign-in page, an error
 */
export function lifetimeMs(token: string): number {
  try {
    const payload = /^v1\.([\w-]+)\.[\w-]+$/.exec(token)![1]!
    const { iat, exp } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
    return (exp - iat) * 1_000 || 0
  } catch {
    return 0
  }
}
