/**
 * The server's half of OPAQUE (RFC 9807) as `@serenity-kit/opaque` does it: one fixed suite, and one fixed key
 * stretching on the client, which both stand behind OPAQUE_VERSION. Texts are base64url of fixed length, and are
 * held to it here because the library accepts trailing bytes.
 */
import { randomBytes } from 'node:crypto'
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
   * Stands in for the record of an unknown account, so that its login goes the same way to the same length, and
   * fails (RFC 9807 section 10.9). The library's own stand-in is 2 % quicker than a record, which can be measured.
   */
  readonly fakeRecord: string
  /** The first answer of a login. @throws DecodeError */
  startLogin(userIdentifier: string, record: string, request: string): StartedLogin
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

  const startLogin: OpaqueServer['startLogin'] = (userIdentifier, registrationRecord, startLoginRequest) => {
    ensureText('login request', startLoginRequest, LENGTHS.loginRequest)
    const { serverLoginState, loginResponse } = decoding('login request', () =>
      opaque.server.startLogin({ serverSetup, userIdentifier, registrationRecord, startLoginRequest }),
    )
    return { state: serverLoginState, response: loginResponse }
  }

  return {
    publicKey: opaque.server.getPublicKey(serverSetup),
    fakeRecord: createFakeRecord(serverSetup),
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

/** A whole record, of a password that nobody knows. */
function createFakeRecord(serverSetup: string): string {
  const password = randomBytes(32).toString('base64url')
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password })
  const params = { serverSetup, userIdentifier: 'fake', registrationRequest }
  const { registrationResponse } = opaque.server.createRegistrationResponse(params)
  // The slow hashing guards a password that can be guessed; this one cannot.
  const keyStretching = { 'argon2id-custom': { iterations: 1, memory: 8, parallelism: 1 } }
  const finish = { password, clientRegistrationState, registrationResponse, keyStretching }
  return opaque.client.finishRegistration(finish).registrationRecord
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
