/** The whole service in this process: real PostgreSQL, the kit's real gate, accounts and chats played. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { DescService } from '@bufbuild/protobuf'
import { type Client, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import { ChatsInternalService } from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import { DirectoryService } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import {
  Code,
  createLogger,
  type Database,
  errorInterceptor,
  issueAccessToken,
  ManualClock,
  MemoryBus,
  MemoryRateLimiter,
  type Queryable,
  reasonOf,
  requestGate,
  Sealing,
  type Service,
  type ServiceContext,
  systemRandomness,
} from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { directory } from '../index.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeChats } from './fake-chats.ts'

export interface TestService extends AsyncDisposable {
  readonly clock: ManualClock
  readonly accounts: FakeAccounts
  readonly chats: FakeChats
  readonly database: Database
  readonly internal: Client<typeof DirectoryInternalService>
  /** Every line that was logged. */
  readonly logged: readonly string[]
  /** Every statement that ran; a test may empty it. */
  readonly statements: string[]
  /** A client of an account, somebody new by default; without a token where there is none. */
  as(accountId?: AccountId | 'nobody'): Client<typeof DirectoryService>
  /** Begins to compare, as at the start of a process. */
  start(): Promise<void>
}

const token = { keyId: randomBytes(8), ...generateKeyPairSync('ed25519') }

/** @param unlimited as many searches as a test wants: so by default */
export async function startTestService({ unlimited = true } = {}): Promise<TestService> {
  const postgres = await testDatabase()
  const database = await postgres.open('directory', directory.migrations)
  const clock = new ManualClock()
  const accounts = new FakeAccounts()
  const chats = new FakeChats()
  const logged: string[] = []
  const statements: string[] = []
  const log = createLogger({ level: 'debug', write: (line) => void logged.push(line) })
  const context: ServiceContext = {
    database: recorded(database, statements),
    clock,
    log,
    sealing: new Sealing(new Uint8Array(32).fill(7)),
    bus: new MemoryBus(),
    limiter: unlimited ? { take: async () => ({ retryAfterMs: 0 }) } : new MemoryRateLimiter(clock),
    randomness: systemRandomness,
    settings: {},
    publicUrl: 'https://veche.example',
    dataFolder: '/nonexistent',
    client: ((service: DescService) =>
      service.typeName === ChatsInternalService.typeName
        ? chats.client()
        : accounts.client()) as ServiceContext['client'],
  }
  const service = await directory.create(context)
  const internal = createRouterTransport((router) => service.internalRoutes?.(router), {
    router: { interceptors: [errorInterceptor(log)] },
  })
  return {
    clock,
    accounts,
    chats,
    database,
    logged,
    statements,
    internal: createClient(DirectoryInternalService, internal),
    as: (accountId = AccountId.fromBytes(randomBytes(32))) => publicClient(service, accountId, context),
    start: async () => service.start?.(new AbortController().signal),
    async [Symbol.asyncDispose]() {
      await service.stop()
      await postgres[Symbol.asyncDispose]()
    },
  }
}

/** How a call was refused: `ResourceExhausted too_many_calls`. @throws Error where it was not */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    return `${Code[ConnectError.from(error).code]} ${reasonOf(error)}`
  }
  throw new Error('the call was not refused')
}

function publicClient(
  service: Service,
  accountId: AccountId | 'nobody',
  { clock, log }: ServiceContext,
): Client<typeof DirectoryService> {
  const unlimited = { name: 'unlimited', burst: 0, perSecond: 0 }
  const gate = requestGate({
    isPublic: () => false,
    keys: { find: async () => token.publicKey },
    clock,
    limiter: new MemoryRateLimiter(clock),
    accountRule: unlimited,
    addressRule: unlimited,
    log,
  })
  const transport = createRouterTransport((router) => service.routes(router), {
    router: { requestGate: gate, interceptors: [errorInterceptor(log)] },
    transport: {
      interceptors: [
        (next) => (request) => {
          if (accountId !== 'nobody') {
            const device = { accountId, deviceId: DeviceId.fromBytes(new Uint8Array(16)) }
            request.header.set('authorization', `Bearer ${issueAccessToken(token, device, clock.nowMs())}`)
          }
          return next(request)
        },
      ],
    },
  })
  return createClient(DirectoryService, transport)
}

function recorded(database: Database, statements: string[]): Database {
  const recording = (queryable: Queryable): Queryable => ({
    query(query, values) {
      statements.push(typeof query === 'string' ? query : query.text)
      return queryable.query(query, values)
    },
  })
  return {
    ...recording(database),
    transaction: (work, options) => database.transaction((inner) => work(recording(inner)), options),
    connect: () => database.connect(),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
