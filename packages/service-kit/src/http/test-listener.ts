/** A listener with a few RPCs of ChatsService that show what the framework around them does. Tests only. */
import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectRouter, Interceptor } from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { systemClock } from '../clock.ts'
import { MemoryRateLimiter } from '../limits/memory-rate-limiter.ts'
import { silentLogger } from '../log/logger.ts'
import { errorInterceptor } from '../rpc/error-interceptor.ts'
import { type RequestGateOptions, requestGate } from '../rpc/request-gate.ts'
import { Code, RpcError } from '../rpc/rpc-error.ts'
import { streamInterceptor } from '../rpc/stream-interceptor.ts'
import type { KeyPair } from '../tls/tls-source.ts'
import { issueAccessToken } from '../token/access-token.ts'
import { Health, registerHealth } from './health-service.ts'
import type { HttpLimits } from './http-limits.ts'
import { HttpListener, type HttpListenerOptions } from './http-listener.ts'
import { servePage } from './pages.ts'
import { Readiness } from './readiness.ts'
import { reflectionServices, registerReflection } from './reflection-service.ts'
import { createAddressOf } from './request-address.ts'
import { createRpcHandler } from './rpc-handler.ts'

export interface TestListener extends AsyncDisposable {
  readonly url: string
  readonly readiness: Readiness
  renew(pair: KeyPair): void
  showProof(pair: KeyPair | undefined): void
  /** Yields when a slow call has begun. */
  readonly calls: AsyncIterator<void>
  readonly signIn: Interceptor
  bearer(): { readonly authorization: string }
  drain(): Promise<void>
}

export async function openTestListener(
  limits: Partial<HttpLimits> = {},
  gate: Partial<RequestGateOptions> = {},
  secure: Pick<HttpListenerOptions, 'tls' | 'mayBePlain' | 'signpost'> = {},
): Promise<TestListener> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const keyId = new Uint8Array(8)
  const readiness = new Readiness()
  const draining = new AbortController()
  const began = Promise.withResolvers<void>()
  const rpc = createRpcHandler({
    routes(router) {
      registerHealth(router, readiness, new Set([ChatsService.typeName]))
      registerReflection(router, [ChatsService])
      registerExample(router, () => began.resolve())
    },
    isLarge: (method) => method === ChatsService.method.append,
    gate: requestGate({
      isPublic: (method) => [Health, ...reflectionServices].includes(method.parent),
      keys: { find: async () => publicKey },
      clock: systemClock,
      limiter: new MemoryRateLimiter(systemClock),
      accountRule: { name: 'account', burst: 0, perSecond: 0 },
      addressRule: { name: 'address', burst: 0, perSecond: 0 },
      log: silentLogger,
      ...gate,
    }),
    interceptors: [
      errorInterceptor(silentLogger),
      streamInterceptor({ maxPerDevice: 4, draining: draining.signal }),
    ],
    addressOf: createAddressOf(false),
  })
  const listener = await HttpListener.open({
    host: '127.0.0.1',
    port: 0,
    limits,
    ...secure,
    handler: (request, response) => {
      if (!rpc(request, response)) servePage(request, response, readiness)
    },
  })
  readiness.set(true)
  const holder = {
    accountId: AccountId.fromBytes(new Uint8Array(32)),
    deviceId: DeviceId.fromBytes(new Uint8Array(16)),
  }
  const bearer = () => ({
    authorization: `Bearer ${issueAccessToken({ keyId, privateKey }, holder, Date.now())}`,
  })
  return {
    url: `${secure.tls ? 'https' : 'http'}://127.0.0.1:${listener.port}`,
    renew: (pair) => listener.renew(pair),
    showProof: (pair) => listener.showProof(pair),
    readiness,
    bearer,
    calls: (async function* () {
      yield began.promise
    })(),
    signIn: (next) => (request) => {
      request.header.set('authorization', bearer().authorization)
      return next(request)
    },
    async drain() {
      draining.abort()
      await listener.drain(10_000)
    },
    [Symbol.asyncDispose]: () => listener.close(),
  }
}

function registerExample(router: ConnectRouter, onSlowCall: () => void): void {
  router.service(ChatsService, {
    append: ({ messageId }) => ({ position: BigInt(messageId.length) }),
    listEntries: ({ after }) => ({ head: after }),
    requestChat: () => {
      throw new RpcError(Code.InvalidArgument, 'handle_invalid')
    },
    listChats: () => {
      throw new Error('select * from person where name = secret')
    },
    async acknowledge({ inboxPosition }) {
      onSlowCall()
      await sleep(Number(inboxPosition))
      return {}
    },
    async *subscribe(_, { signal }) {
      for (;;) {
        yield { event: { case: 'heartbeat', value: {} } }
        await sleep(20, undefined, { signal })
      }
    },
  })
}
