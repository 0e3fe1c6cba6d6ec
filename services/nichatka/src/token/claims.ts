/** The payload of a token: what the host says. Strict, so that one meaning has few spellings and no surprise (C4, C14). */
import type { Nickname } from '../domain.ts'
import { parseNickname } from '../nickname.ts'

export interface Claims {
  /** The user; empty is the host itself. */
  readonly sub: Nickname | ''
  readonly aud: string
  /** Whole seconds since 1970. */
  readonly iat: number
  readonly exp: number
  readonly jti: string
}

const maxPayloadBytes = 1024
const maxLifetimeSeconds = 900
const names = ['sub', 'aud', 'iat', 'exp', 'jti']

/** Undefined for anything but exactly these five fields, each once and each as it must be. */
export function decodeClaims(payload: Uint8Array): Claims | undefined {
  if (payload.length > maxPayloadBytes) return undefined
  const fields = parseFlatObject(payload)
  if (fields === undefined || fields.size !== names.length) return undefined
  const [sub, aud, iat, exp, jti] = names.map((name) => fields.get(name))
  if (typeof sub !== 'string' || typeof aud !== 'string' || typeof jti !== 'string') return undefined
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return undefined
  const lifetime = (exp as number) - (iat as number)
  if (lifetime < 1 || lifetime > maxLifetimeSeconds) return undefined
  const nickname = sub === '' ? '' : parseNickname(sub)
  if (nickname === undefined || !/^[A-Za-z0-9_-]{8,64}$/.test(jti)) return undefined
  return { sub: nickname, aud, iat: iat as number, exp: exp as number, jti }
}

/** `JSON.parse` keeps the last of two fields of one name, so the colons outside of texts are counted. */
function parseFlatObject(bytes: Uint8Array): ReadonlyMap<string, unknown> | undefined {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    const skeleton = text.replace(/"(?:[^"\\]|\\.)*"/g, '')
    // Nothing but one object of texts and whole numbers: no list, no object within, no fraction, no sign.
    if (typeof value !== 'object' || value === null || !/^\s*\{[\s\d:,]*\}\s*$/.test(skeleton))
      return undefined
    const fields = new Map<string, unknown>(Object.entries(value))
    return skeleton.split(':').length - 1 === fields.size ? fields : undefined
  } catch {
    return undefined // not UTF-8, or not JSON
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
