/**
 * The server's half of OPAQUE (RFC 9807) as `@serenity-kit/opaque` does it: one fixed suite, and one fixed key
 * stretching on the client, which both stand behind OPAQUE_VERSION. Texts are base64url of fixed length, and are
 * held to it here because the library accepts trailing bytes.
 */
import * as opaque from '@serenity-kit/opaque'
import { DecodeError } from '@veche/protocol'

/** 1: ristretto255, SHA-512, and Argon2id with 64 MiB and t = 3 on the client (`memory-constrained`). */
export const OPAQUE_VERSION = 1

export interface OpaqueServer {
  /** base64url, 43 characters. */
  readonly publicKey: string
  /**
   * The blind answer to a registration. It evaluates the key of `userIdentifier` and so must never be given for an
   * account that exists: with it, a guesser would need no more logins.
   * @throws DecodeError
   */
  registrationResponse(userIdentifier: string, request: string): string
  /** @throws DecodeError unless `record` is one that a login can be started with. */
  ensureRecord(record: string): void
  /**
   * The first answer of a login. Without a record it is a fake one that no password fits, of the same form, length
   * and time (RFC 9807 section 10.9).
   * @throws DecodeError
   */
  startLogin(userIdentifier: string, record: string | undefined, request: string): StartedLogin
  /** Whether the client has proved the password. */
  finishLogin(state: string, finish: string): boolean
}

export interface StartedLogin {
  /** Kept by the server until the login is finished. */
  readonly state: string
  readonly response: string
}

/** A new server setup: whoever has it can guess passwords offline, and without it nobody can sign in. */
export async function createOpaqueSetup(): Promise<string> {
  await opaque.ready
  return opaque.server.createSetup()
}

export async function createOpaqueServer(serverSetup: string): Promise<OpaqueServer> {
  await opaque.ready
  const sampleRequest = opaque.client.startLogin({ password: 'sample' }).startLoginRequest

  const startLogin: OpaqueServer['startLogin'] = (userIdentifier, record, startLoginRequest) => {
    ensureText('login request', startLoginRequest, LENGTHS.loginRequest)
    const registrationRecord = record ?? null
    const { serverLoginState, loginResponse } = decoding('login request', () =>
      opaque.server.startLogin({ serverSetup, userIdentifier, registrationRecord, startLoginRequest }),
    )
    return { state: serverLoginState, response: loginResponse }
  }

  return {
    publicKey: opaque.server.getPublicKey(serverSetup),
    registrationResponse(userIdentifier, registrationRequest) {
      ensureText('registration request', registrationRequest, LENGTHS.registrationRequest)
      const params = { serverSetup, userIdentifier, registrationRequest }
      return decoding(
        'registration request',
        () => opaque.server.createRegistrationResponse(params).registrationResponse,
      )
    },
    ensureRecord(record) {
      ensureText('registration record', record, LENGTHS.record)
      startLogin('sample', record, sampleRequest)
    },
    startLogin,
    finishLogin(serverLoginState, finishLoginRequest) {
      try {
        ensureText('login finish', finishLoginRequest, LENGTHS.loginFinish)
        opaque.server.finishLogin({ serverLoginState, finishLoginRequest })
        return true
      } catch {
        // A malformed finish proves as little as a wrong one.
        return false
      }
    },
  }
}

/** Characters of base64url without padding. */
const LENGTHS = { registrationRequest: 43, record: 256, loginRequest: 128, loginFinish: 86 } as const

function ensureText(name: string, text: string, length: number): void {
  if (text.length !== length || !/^[A-Za-z0-9_-]*$/.test(text)) {
    throw new DecodeError(`OPAQUE ${name}: not ${length} characters of base64url`)
  }
}

/** The library throws one plain Error for whatever it cannot read. */
function decoding<T>(name: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new DecodeError(`OPAQUE ${name}: malformed`, { cause })
  }
}
