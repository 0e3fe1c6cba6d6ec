/** The whole service in this process: real PostgreSQL, the kit's real gate, a clock that the test moves. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { DescService } from '@bufbuild/protobuf'
import { type Client, createClient, createRouterTransport } from '@connectrpc/connect'
import type { Group } from '@veche/mls'
import { ChatId } from '@veche/protocol'
import { ChatsInternalService } from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import { ChatsService, type CreationRight } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import {
  createLogger,
  type Database,
  errorInterceptor,
  issueAccessToken,
  ManualClock,
  MemoryBus,
  MemoryRateLimiter,
  type Queryable,
  requestGate,
  Sealing,
  type Service,
  type ServiceContext,
  systemRandomness,
} from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { chats } from '../index.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeDirectory } from './fake-directory.ts'
import { firstCommit, newPerson, type Person } from './person.ts'

export type ChatsClient = Client<typeof ChatsService>

export interface TestService extends AsyncDisposable {
  readonly clock: ManualClock
  readonly accounts: FakeAccounts
  readonly directory: FakeDirectory
  /** What other services are answered. */
  readonly internal: Client<typeof ChatsInternalService>
  readonly database: Database
  readonly serviceContext: ServiceContext
  /** Every line that was logged. */
  readonly logged: readonly string[]
  /** Every statement that ran; a test may empty it. */
  readonly statements: string[]
  readonly service: Service
  /** Somebody new, whose handle begins so; the policy is as `FakeAccounts.add`'s. */
  enrol(name: string, policy?: Parameters<FakeAccounts['add']>[1]): Promise<Person>
  /** A client of one person's device, by a fresh token. */
  as(person: Person): ChatsClient
  /** Ends the service and starts it anew on the same database. */
  restart(): Promise<void>
  /** A second process on the same database and bus. */
  startAnother(): Promise<TestProcess>
}

export interface TestProcess extends AsyncDisposable {
  as(person: Person): ChatsClient
}

export interface TestServiceOptions {
  /** As many calls as a test wants: so by default. */
  readonly unlimited?: boolean
  /** Nobody is told of requests by themselves: so that a test sees what a call alone does. */
  readonly tellsNobody?: boolean
}

const token = { keyId: randomBytes(8), ...generateKeyPairSync('ed25519') }

export async function startTestService({
  unlimited = true,
  tellsNobody = false,
}: TestServiceOptions = {}): Promise<TestService> {
  const postgres = await testDatabase()
  const database = await postgres.open('chats', chats.migrations)
  const clock = new ManualClock()
  const accounts = new FakeAccounts()
  const directory = new FakeDirectory()
  const logged: string[] = []
  const statements: string[] = []
  const log = createLogger({ level: 'debug', write: (line) => void logged.push(line) })
  const serviceContext: ServiceContext = {
    database: recorded(database, statements),
    clock,
    log,
    sealing: new Sealing(new Uint8Array(32).fill(7)),
    bus: new MemoryBus(),
    limiter: unlimited ? { take: async () => ({ retryAfterMs: 0 }) } : new MemoryRateLimiter(clock),
    randomness: { ...systemRandomness, below: () => (tellsNobody ? 3_600_000 : 0) },
    settings: {},
    publicUrl: 'https://veche.example',
    dataFolder: '/nonexistent',
    client: ((service: DescService) =>
      service.typeName === DirectoryInternalService.typeName
        ? directory.client()
        : accounts.client()) as ServiceContext['client'],
  }
  const start = async () => {
    const service = await chats.create(serviceContext)
    await service.start?.(new AbortController().signal)
    return service
  }
  const stop = async (service: Service) => {
    await service.drain?.()
    await service.stop()
  }
  let service = await start()
  let enrolled = 0
  const internal = createRouterTransport((router) => service.internalRoutes?.(router), {
    router: { interceptors: [errorInterceptor(log)] },
  })
  const clientOf = (running: Service, person: Person) => publicClient(running, person, serviceContext)
  return {
    clock,
    accounts,
    directory,
    internal: createClient(ChatsInternalService, internal),
    database,
    serviceContext,
    logged,
    statements,
    get service() {
      return service
    },
    async enrol(name, policy) {
      const person = await newPerson(`${name}${++enrolled}`)
      accounts.add(person, policy)
      return person
    },
    as: (person) => clientOf(service, person),
    async restart() {
      await stop(service)
      service = await start()
    },
    async startAnother() {
      const another = await start()
      return { as: (person) => clientOf(another, person), [Symbol.asyncDispose]: () => stop(another) }
    },
    async [Symbol.asyncDispose]() {
      await stop(service)
      await postgres[Symbol.asyncDispose]()
    },
  }
}

export interface OpenChat {
  readonly chatId: ChatId
  readonly id: Uint8Array
  /** As the creator and the other have it, in epoch 1. */
  readonly groups: readonly [Group, Group]
}

/** Two people with an open private chat: the second allows the first. */
export async function openChatBetween(
  service: TestService,
  creator: Person,
  peer: Person,
): Promise<OpenChat> {
  service.accounts.setPolicy(peer, 'allowed')
  const { right } = await service.as(creator).requestChat({ handle: peer.handle })
  return createChat(service, creator, peer, right!)
}

export async function createChat(
  service: TestService,
  creator: Person,
  peer: Person,
  right: CreationRight,
): Promise<OpenChat> {
  const first = await firstCommit(creator, peer, right)
  const messageId = randomBytes(16)
  await service.as(creator).createChat({ chatId: right.chatId, messageId, handshake: first.handshake })
  const joined = await first.join(first.handshake.welcome)
  return { chatId: ChatId.fromBytes(right.chatId), id: right.chatId, groups: [first.group, joined] }
}

function publicClient(service: Service, person: Person, context: ServiceContext): ChatsClient {
  const { clock, log } = context
  const anyNumber = { name: 'unlimited', burst: 0, perSecond: 0 }
  const gate = requestGate({
    isPublic: () => false,
    keys: { find: async () => token.publicKey },
    clock,
    limiter: new MemoryRateLimiter(clock),
    accountRule: anyNumber,
    addressRule: anyNumber,
    log,
  })
  const transport = createRouterTransport((router) => service.routes(router), {
    router: { requestGate: gate, interceptors: [errorInterceptor(log)] },
    transport: {
      interceptors: [
        (next) => (request) => {
          request.header.set('authorization', `Bearer ${issueAccessToken(token, person, clock.nowMs())}`)
          return next(request)
        },
      ],
    },
  })
  return createClient(ChatsService, transport)
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
