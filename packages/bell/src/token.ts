/** The token as the widget sees it: it reads only how long it lasts; everything else is for the service (docs/wire/nichatka.md, The token). */

/** Whether this is shaped like a token: a sign-in page or an error is not. */
export function isToken(text: string): boolean {
  return text.length < 4_096 && /^v1\.[\w-]+\.[\w-]+$/.test(text)
}

/** From issued to expired, by the issuer's clock: this device's may be wrong. 0 where it cannot be read. */
export function lifetimeMs(token: string): number {
  try {
    const payload = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')
    const { iat, exp } = JSON.parse(atob(payload))
    return (exp - iat) * 1_000 || 0
  } catch {
    return 0 // the service will say what is wrong with it
  }
}
