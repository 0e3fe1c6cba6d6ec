/** The tokens that a host signs: see `docs/wire/nichatka.md`. */
import { createHmac, randomBytes } from 'node:crypto'

export const hostName = 'bench'
const lifetimeSeconds = 900

export class TokenSigner {
  readonly secret = randomBytes(32)

  /** As the service's file of hosts has it. */
  get key(): string {
    return `hmac-sha256:${this.secret.toString('base64url')}`
  }

  sign(nickname: string): string {
    const iat = Math.floor(Date.now() / 1000)
    const jti = randomBytes(9).toString('base64url')
    const claims = { sub: nickname, aud: hostName, iat, exp: iat + lifetimeSeconds, jti }
    const signed = `v1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
    return `${signed}.${createHmac('sha256', this.secret).update(signed).digest('base64url')}`
  }
}
