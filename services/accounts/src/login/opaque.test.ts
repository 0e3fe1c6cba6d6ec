import * as opaque from '@serenity-kit/opaque'
import { DecodeError } from '@veche/protocol'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { seed } from '../testing/seed.ts'
import { createOpaqueServer, createOpaqueSetup, type OpaqueServer } from './opaque.ts'

const keyStretching = 'memory-constrained'
let server: OpaqueServer

beforeAll(async () => {
  server = await createOpaqueServer(await createOpaqueSetup())
})

function register(user: string, password: string): string {
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password })
  const registrationResponse = server.registrationResponse(user, registrationRequest)
  const finish = { password, clientRegistrationState, registrationResponse, keyStretching } as const
  return opaque.client.finishRegistration(finish).registrationRecord
}

function logIn(user: string, record: string, password: string): boolean {
  const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password })
  const { state, response: loginResponse } = server.startLogin(user, record, startLoginRequest)
  const finished = opaque.client.finishLogin({ password, clientLoginState, loginResponse, keyStretching })
  return finished !== undefined && server.finishLogin(state, finished.finishLoginRequest)
}

test('the right password opens a record and a wrong one does not', () => {
  const record = register('ann', 'correct horse')
  server.ensureRecord(record)
  expect(logIn('ann', record, 'correct horse')).toBe(true)
  expect(logIn('ann', record, 'wrong horse')).toBe(false)
  expect(logIn('bob', record, 'correct horse')).toBe(false)
})

test('B1: the answer for an unknown account is as long as for a known one', () => {
  const record = register('ann', 'correct horse')
  const { startLoginRequest } = opaque.client.startLogin({ password: 'x' })
  const known = server.startLogin('ann', record, startLoginRequest)
  const unknown = server.startLogin('nobody', server.fakeRecord, startLoginRequest)
  expect(unknown.response).toHaveLength(known.response.length)
  expect(unknown.state).toHaveLength(known.state.length)
  expect(logIn('nobody', server.fakeRecord, 'x')).toBe(false)
})

test('B2: the setup is needed to sign in', async () => {
  const record = register('ann', 'correct horse')
  const own = server
  server = await createOpaqueServer(await createOpaqueSetup())
  expect(logIn('ann', record, 'correct horse')).toBe(false)
  server = own
})

test('texts of another length or alphabet are refused, a record with trailing bytes among them', () => {
  const record = register('ann', 'x')
  for (const bad of ['', 'AAAA', `${record}AAAA`, record.slice(4), 'A'.repeat(256), `${record.slice(1)}!`]) {
    expect(() => server.ensureRecord(bad)).toThrow(DecodeError)
  }
  expect(server.finishLogin('', 'A')).toBe(false)
})

test('any request gives an answer or a DecodeError', () => {
  const text = (length: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{${length}}$`))
  const requests = fc.oneof(fc.string({ maxLength: 300 }), text(43), text(128))
  fc.assert(
    fc.property(requests, (request) => {
      for (const decode of [
        () => server.registrationResponse('ann', request),
        () => server.startLogin('ann', server.fakeRecord, request),
      ]) {
        try {
          decode()
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }
    }),
    { seed },
  )
})
