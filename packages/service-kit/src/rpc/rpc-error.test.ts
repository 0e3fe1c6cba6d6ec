import { type Client, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ErrorReasonSchema } from '@veche/protocol/gen/common/v1/error_pb.js'
import { expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { DependencyError, dependencyTransport } from './dependency-error.ts'
import { errorInterceptor } from './error-interceptor.ts'
import { Code, RpcError, reasonOf, toConnectError } from './rpc-error.ts'

const lines: string[] = []
const log = createLogger({ level: 'error', write: (line) => lines.push(line) })

/** Calls ListEntries and Subscribe of a service that answers with `error`, over the same interceptors as the server. */
function failingWith(error: unknown): Client<typeof ChatsService> {
  const transport = createRouterTransport(
    (router) =>
      router.service(ChatsService, {
        listEntries: () => {
          throw error
        },
        async *subscribe() {
          yield {}
          throw error
        },
      }),
    { router: { interceptors: [errorInterceptor(log)] } },
  )
  return createClient(ChatsService, transport)
}

async function failureOf(call: () => Promise<unknown>): Promise<ConnectError> {
  return call().then(
    () => expect.unreachable(),
    (error) => ConnectError.from(error),
  )
}

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) {
    // Only how it ends is of interest.
  }
}

test.each(['unary', 'stream'])('an RpcError arrives with code, reason and retry time (%s)', async (kind) => {
  const cause = new Error('private')
  const chats = failingWith(new RpcError(Code.ResourceExhausted, 'too_many', { retryAfterMs: 1500, cause }))
  const error = await failureOf(() =>
    kind === 'unary' ? chats.listEntries({}) : readAll(chats.subscribe({})),
  )
  expect([error.code, error.rawMessage, reasonOf(error)]).toEqual([
    Code.ResourceExhausted,
    'too_many',
    'too_many',
  ])
  expect(error.findDetails(ErrorReasonSchema)[0]?.retryAfterMs).toBe(1500n)
  expect(JSON.stringify(error)).not.toContain('private')
})

test.each([
  ['an Error', new Error('select secret')],
  ['a DependencyError', new DependencyError(new ConnectError('secret', Code.NotFound))],
  ['a text', 'secret'],
  ['nothing', undefined],
])(
  '%s that nobody planned leaves as a blank internal error, and is logged without its message',
  async (_, thrown) => {
    const chats = failingWith(thrown)
    for (const call of [() => chats.listEntries({}), () => readAll(chats.subscribe({}))]) {
      lines.length = 0
      const error = await failureOf(call)
      expect([error.code, error.rawMessage, error.details, reasonOf(error)]).toEqual([
        Code.Internal,
        'internal',
        [],
        undefined,
      ])
      expect(lines).toHaveLength(1)
      expect(lines[0]).not.toContain('secret')
    }
  },
)

test.each([
  ['a lost database connection', Object.assign(new Error('secret'), { code: '57P01' })],
  ['a statement that took too long', Object.assign(new Error('secret'), { code: '57014' })],
  ['another service that is away', new DependencyError(new ConnectError('secret', Code.Unavailable))],
])('%s is UNAVAILABLE with a time to wait, and is logged', async (_, thrown) => {
  lines.length = 0
  const error = await failureOf(() => failingWith(thrown).listEntries({}))
  expect([error.code, reasonOf(error)]).toEqual([Code.Unavailable, 'unavailable'])
  expect(error.findDetails(ErrorReasonSchema)[0]?.retryAfterMs).toBe(1000n)
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('secret')
})

test('the framework’s own refusals pass as they are', async () => {
  const error = await failureOf(() =>
    failingWith(new ConnectError('too late', Code.DeadlineExceeded)).listEntries({}),
  )
  expect(error.code).toBe(Code.DeadlineExceeded)
})

test('between services a refusal arrives as a DependencyError with its reason', async () => {
  const transport = createRouterTransport(
    (router) =>
      router.service(ChatsService, {
        listEntries: () => {
          throw new RpcError(Code.NotFound, 'chat_unknown')
        },
        async *subscribe() {
          yield {}
          throw new RpcError(Code.NotFound, 'chat_unknown')
        },
      }),
    { router: { interceptors: [errorInterceptor(log)] } },
  )
  const chats = createClient(ChatsService, dependencyTransport(transport))
  for (const call of [chats.listEntries({}), readAll(chats.subscribe({}))]) {
    const error = await call.catch((reason) => reason)
    expect(error).toBeInstanceOf(DependencyError)
    expect(error).toMatchObject({ code: Code.NotFound, reason: 'chat_unknown' })
  }
})

test('`retry-after` is in whole seconds, upwards, and absent where waiting does not help', () => {
  expect(
    toConnectError(new RpcError(Code.Unavailable, 'x', { retryAfterMs: 1 })).metadata.get('retry-after'),
  ).toBe('1')
  expect(toConnectError(new RpcError(Code.Unavailable, 'x')).metadata.has('retry-after')).toBe(false)
  expect([reasonOf(new RpcError(Code.Unavailable, 'x')), reasonOf('x'), reasonOf(new Error('x'))]).toEqual([
    'x',
    undefined,
    undefined,
  ])
})
