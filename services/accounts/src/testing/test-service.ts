/** The whole service in this process: real PostgreSQL, the kit's real gate, a clock that the test moves. */
import { type Client, createClient, createRouterTransport, type Transport } from '@connectrpc/connect'
import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RegistrationService } from '@veche/protocol/gen/accounts/v1/registration_pb.js'
import {
  createLogger,
  type Database,
  errorInterceptor,
  FetchedTokenKeys,
  type Logger,
  ManualClock,
  MemoryBus,
  MemoryRateLimiter,
  requestGate,
  Sealing,
  type Service,
  type ServiceContext,
  systemRandomness,
} from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { accounts } from '../index.ts'
import { FakeDirectory } from './fake-directory.ts'

export interface TestService extends AsyncDisposable {
  readonly clock: ManualClock
  readonly bus: MemoryBus
  readonly directory: FakeDirectory
  readonly database: Database
  readonly internal: Client<typeof AccountsInternalService>
  /** Every line that the service logged. */
  readonly logged: readonly string[]
  /** Every statement outside transactions that the service ran; a test may empty it. */
  readonly statements: string[]
  /** Clients of one who holds this access token, or none. */
  as(accessToken?: string): PublicClients
  /** Starts the service anew on the same database, as another process would. */
  restart(): Promise<void>
}

export interface PublicClients {
  readonly accounts: Client<typeof AccountsService>
  readonly registration: Client<typeof RegistrationService>
}

export interface TestServiceOptions {
  /** `open` by default, so that most tests need no code. */
  readonly registration?: 'open' | 'invite' | 'closed'
  /** Attempts an hour and address; without limit by default. */
  readonly attemptRate?: number
}

/** Under a master key that every test service shares. */
export const sealing = new Sealing(new Uint8Array(32).fill(7))
export const PUBLIC_URL = 'https://veche.example'

export async function startTestService({
  registration = 'open',
  attemptRate = 0,
}: TestServiceOptions = {}): Promise<TestService> {
  const postgres = await testDatabase()
  const database = await postgres.open('accounts', accounts.migrations)
  const clock = new ManualClock()
  const bus = new MemoryBus()
  const logged: string[] = []
  const statements: string[] = []
  const log = createLogger({ level: 'debug', write: (line) => void logged.push(line) })
  const directory = new FakeDirectory()
  const create = () =>
    accounts.create({
      database: recorded(database, statements),
      clock,
      log,
      sealing,
      bus,
      limiter: new MemoryRateLimiter(clock),
      randomness: systemRandomness,
      settings: { registration, attemptRate },
      publicUrl: PUBLIC_URL,
      dataFolder: '/nonexistent',
      client: (() => directory.client()) as ServiceContext['client'],
    })

  let service = await create()
  const internal = () => createClient(AccountsInternalService, internalTransport(service, log))
  return {
    clock,
    bus,
    directory,
    database,
    logged,
    statements,
    get internal() {
      return internal()
    },
    as(accessToken) {
      const transport = publicTransport(service, internal(), clock, log, accessToken)
      return {
        accounts: createClient(AccountsService, transport),
        registration: createClient(RegistrationService, transport),
      }
    },
    async restart() {
      await service.drain?.()
      await service.stop()
      service = await create()
    },
    async [Symbol.asyncDispose]() {
      await service.drain?.()
      await service.stop()
      await postgres[Symbol.asyncDispose]()
    },
  }
}

function recorded(database: Database, statements: string[]): Database {
  return {
    query(query, values) {
      statements.push(typeof query === 'string' ? query : query.text)
      return database.query(query, values)
    },
    transaction: (work, options) => database.transaction(work, options),
    connect: () => database.connect(),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

function internalTransport(service: Service, log: Logger): Transport {
  return createRouterTransport((router) => service.internalRoutes?.(router), {
    router: { interceptors: [errorInterceptor(log)] },
  })
}

function publicTransport(
  service: Service,
  internal: TestService['internal'],
  clock: ManualClock,
  log: Logger,
  accessToken: string | undefined,
): Transport {
  const unlimited = { name: 'unlimited', burst: 0, perSecond: 0 }
  const gate = requestGate({
    isPublic: (method) => accounts.publicRpcs.includes(method),
    keys: new FetchedTokenKeys(async () => (await internal.getTokenKeys({})).keys, clock),
    clock,
    limiter: new MemoryRateLimiter(clock),
    accountRule: unlimited,
    addressRule: unlimited,
    log,
  })
  return createRouterTransport((router) => service.routes(router), {
    router: { requestGate: gate, interceptors: [errorInterceptor(log)] },
    transport: {
      interceptors: [
        (next) => (request) => {
          if (accessToken !== undefined) request.header.set('authorization', `Bearer ${accessToken}`)
          return next(request)
        },
      ],
    },
  })
}
