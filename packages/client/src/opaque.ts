/**
 * The client's half of OPAQUE (RFC 9807), with the one set of parameters that version 1 stands for: Argon2id, 64 MiB,
 * t = 3. Another set would lock its users out of every other client (attack B3).
 */
import * as opaque from '@serenity-kit/opaque'
import { DecodeError } from '@veche/protocol'
import { normalizePassword } from './password.ts'

export const OPAQUE_VERSION = 1
const KEY_STRETCHING = 'memory-constrained'

/** What a finished exchange gives. */
export interface OpaqueResult {
  /** The registration record, or the login's last message. */
  readonly message: string
  /** 64 bytes that only the password opens again. */
  readonly exportKey: Uint8Array
  /** Of the server that took part, base64url. */
  readonly serverPublicKey: string
}

/** One exchange: `request` goes to the server, its answer into `finish`. */
export interface OpaqueExchange {
  readonly request: string
  /**
   * @returns undefined when the password is wrong
   * @throws DecodeError when the answer is none
   */
  finish(response: string): OpaqueResult | undefined
}

export async function startRegistration(passwordText: string): Promise<OpaqueExchange> {
  await opaque.ready
  const password = normalizePassword(passwordText)
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password })
  return {
    request: registrationRequest,
    finish: (registrationResponse) => {
      const keyStretching = KEY_STRETCHING
      const params = { password, clientRegistrationState, registrationResponse, keyStretching } as const
      const { registrationRecord, exportKey, serverStaticPublicKey } = decoding(() =>
        opaque.client.finishRegistration(params),
      )
      return toResult(registrationRecord, exportKey, serverStaticPublicKey)
    },
  }
}

export async function startLogin(passwordText: string): Promise<OpaqueExchange> {
  await opaque.ready
  const password = normalizePassword(passwordText)
  const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password })
  return {
    request: startLoginRequest,
    finish: (loginResponse) => {
      const params = { password, clientLoginState, loginResponse, keyStretching: KEY_STRETCHING } as const
      const finished = decoding(() => opaque.client.finishLogin(params))
      if (!finished) return undefined
      return toResult(finished.finishLoginRequest, finished.exportKey, finished.serverStaticPublicKey)
    },
  }
}

function toResult(message: string, exportKey: string, serverPublicKey: string): OpaqueResult {
  return { message, exportKey: fromBase64Url(exportKey), serverPublicKey }
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}

/** The library throws one plain Error for whatever it cannot read. */
function decoding<T>(decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new DecodeError('OPAQUE: malformed answer', { cause })
  }
}
