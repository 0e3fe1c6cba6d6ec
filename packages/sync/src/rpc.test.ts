/** Errors, tokens and waiting: what stands between the engine and the network. */
import { create } from '@bufbuild/protobuf'
import { Code, ConnectError, createRouterTransport } from '@connectrpc/connect'
import { AccountId, DeviceId, randomId } from '@veche/protocol'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ErrorReasonSchema } from '@veche/protocol/gen/common/v1/error_pb.js'
import { expect, test } from 'vitest'
import { AccessTokens } from './access-tokens.ts'
import { Backoff, pause } from './backoff.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import { toOwnError } from './rpc-errors.ts'
import { openServer } from './server.ts'

function refusal(code: Code, reason: string, retryAfterMs = 0n): ConnectError {
  const value = create(ErrorReasonSchema, { reason, retryAfterMs })
  return new ConnectError(reason, code, undefined, [{ desc: ErrorReasonSchema, value }])
}

const identity = {
  accountId: AccountId.fromBytes(new Uint8Array(32)),
  deviceId: randomId(DeviceId),
  serverIdentityKey: new Uint8Array(32),
  signaturePrivateKey: new Uint8Array(32).fill(1),
}

test('errors are told by their cause', () => {
  expect(toOwnError(refusal(Code.AlreadyExists, 'handle_taken'))).toMatchObject({
    name: 'RefusedError',
    reason: 'handle_taken',
  })
  expect(toOwnError(refusal(Code.Unavailable, 'server_stopping', 1000n))).toMatchObject({
    name: 'UnreachableError',
    retryAfterMs: 1000,
  })
  expect(toOwnError(refusal(Code.ResourceExhausted, 'too_many_calls', 300n))).toMatchObject({
    reason: 'too_many_calls',
    retryAfterMs: 300,
  })
  expect(toOwnError(new ConnectError('x', Code.Internal))).toBeInstanceOf(UnreachableError)
  expect(toOwnError(new TypeError('fetch failed'))).toBeInstanceOf(UnreachableError)
  expect(toOwnError(new ConnectError('x', Code.InvalidArgument))).toMatchObject({ reason: 'invalidargument' })
  const own = new RefusedError('own')
  expect(toOwnError(own)).toBe(own)
})

test('a token is asked for once, and again at half its life', async () => {
  let [asked, nowMs] = [0, 0]
  const accounts = {
    createChallenge: async () => ({ challenge: new Uint8Array(8) }),
    createAccessToken: async () => ({ accessToken: `token ${++asked}`, lifetimeMs: 600_000n }),
  }
  const tokens = new AccessTokens(accounts as never, identity, () => nowMs)
  expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(['token 1', 'token 1'])
  nowMs = 299_999
  expect(await tokens.get()).toBe('token 1')
  nowMs = 300_000
  expect(await tokens.get()).toBe('token 2')
  tokens.forget()
  expect(await tokens.get()).toBe('token 3')
})

test('a challenge that is too long is not signed', async () => {
  const accounts = { createChallenge: async () => ({ challenge: new Uint8Array(129) }) }
  await expect(new AccessTokens(accounts as never, identity).get()).rejects.toThrow(RangeError)
})

test('a call whose token is refused is made again with a new one, a stream by its next', async () => {
  const seen: string[] = []
  let issued = 0
  const transport = createRouterTransport(({ service }) => {
    service(AccountsService, {
      createChallenge: () => ({ challenge: new Uint8Array(8) }),
      createAccessToken: () => ({ accessToken: `t${++issued}`, lifetimeMs: 600_000n }),
      listDevices: (_, { requestHeader }) => {
        seen.push(requestHeader.get('authorization') ?? '')
        if (seen.length === 1) throw refusal(Code.Unauthenticated, 'token_expired')
        return {}
      },
    })
    service(ChatsService, {
      // biome-ignore lint/correctness/useYield: it fails before its first answer
      async *subscribe(_, { requestHeader }) {
        seen.push(requestHeader.get('authorization') ?? '')
        throw refusal(Code.Unauthenticated, 'token_invalid')
      },
    })
  })
  const server = openServer(transport, identity)
  await server.accounts.listDevices({})
  expect(seen).toEqual(['Bearer t1', 'Bearer t2'])
  const follow = async () => {
    for await (const _ of server.chats.subscribe({})) throw new Error('nothing was sent')
  }
  await expect(follow()).rejects.toThrow(RefusedError)
  await expect(follow()).rejects.toThrow(RefusedError)
  expect(seen.slice(2)).toEqual(['Bearer t2', 'Bearer t3'])
})

test('waits grow from half a second to half a minute, and never fall short of what the server asked', () => {
  const longest = new Backoff(() => 1)
  const waits = Array.from({ length: 9 }, () => longest.next())
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  longest.reset()
  expect(longest.next()).toBe(500)
  expect(new Backoff(() => 0).next(7000)).toBe(7500)
})

test('a pause ends with its signal', async () => {
  await pause(1_000_000, AbortSignal.abort())
  const stop = new AbortController()
  const paused = pause(1_000_000, stop.signal)
  stop.abort()
  await paused
  await pause(0, new AbortController().signal)
})
