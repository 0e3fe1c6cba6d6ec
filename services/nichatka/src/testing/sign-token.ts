import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Host } from '../hosts/host.ts'

/** A host as a test plays it: it can sign. */
export interface TestSystem extends Host {
  sign(text: string): Buffer
}

export function hmacSystem(name: string, options: Pick<Host, 'origins' | 'allowsGetChanges'>): TestSystem {
  const secret = Uint8Array.from(randomBytes(32))
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest()
  return { name, key: { kind: 'hmac-sha256', secret }, ...options, sign }
}

export function ed25519System(name: string, options: Pick<Host, 'origins' | 'allowsGetChanges'>): TestSystem {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signText = (text: string) => sign(null, Buffer.from(text), privateKey)
  return { name, key: { kind: 'ed25519', publicKey }, ...options, sign: signText }
}

/** @param nickname empty for the host itself */
export function signToken(system: TestSystem, nickname: string, nowMs: number, changes: object = {}): string {
  const now = Math.floor(nowMs / 1000)
  const jti = randomBytes(12).toString('base64url')
  const claims = { sub: nickname, aud: system.name, iat: now, exp: now + 300, jti, ...changes }
  const text = `v1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${text}.${system.sign(text).toString('base64url')}`
}
