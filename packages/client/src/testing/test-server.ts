/**
 * The real services in this process on a real PostgreSQL, for the tests of packages/client: calls go through
 * Connect's in-memory transport, encoded and decoded as on the wire, with the kit's gate before them.
 */
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  createRouterTransport,
  type Transport,
} from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { accounts } from '@veche/service-accounts'
import { chats } from '@veche/service-chats'
import { directory } from '@veche/service-directory'
import {
  type Database,
  dependencyTransport,
  type EndedDevice,
  EndedDevices,
  errorInterceptor,
  FetchedTokenKeys,
  MemoryBus,
  MemoryRateLimiter,
  requestGate,
  Sealing,
  type Service,
  type ServiceDefinition,
  silentLogger,
  streamInterceptor,
  systemClock,
  systemRandomness,
} from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { copyDatabase } from './older-copy.ts'
import { TestLine } from './test-line.ts'

export interface TestServer extends AsyncDisposable {
  /** A line of one client to the server. */
  connect(): TestLine
  /** A handle that begins so, each time another. */
  newHandle(name: string): string
  /** Services that other services cannot reach, while a test has them here, e.g. `directory`. */
  readonly outOfReach: Set<string>
  /** As though the server had been there on 91 days without a sign of the device, whose next start looks for such. */
  silence(device: DeviceId): Promise<void>
  /** Ends every stream and starts the services anew, as after kill -9, on the same database. */
  restart(): Promise<void>
  /** Copies what the server has stored now, and puts it back when told to: every stream ends. */
  copy(): Promise<() => Promise<void>>
}

const definitions: readonly ServiceDefinition[] = [accounts, chats, directory]

/** The in-memory transport ends no stream whose reader has gone: a server that listens does. */
const MAX_STREAMS = 1_000_000
const UNLIMITED = { name: 'unlimited', burst: 0, perSecond: 0 }

export async function startTestServer(registration: 'open' | 'invite' = 'open'): Promise<TestServer> {
  const postgres = await testDatabase()
  const databases = new Map(
    await Promise.all(
      definitions.map(async ({ name, migrations }) => [name, await postgres.open(name, migrations)] as const),
    ),
  )
  const outOfReach = new Set<string>()
  let handles = 0
  let running = await start(databases, registration, outOfReach)
  return {
    outOfReach,
    connect: () => new TestLine(() => running.transport),
    newHandle: (name) => `${name}${++handles}`,
    silence: (device) => silence(databases.get('accounts')!, device),
    async restart() {
      await running.stop()
      running = await start(databases, registration, outOfReach)
    },
    async copy() {
      const copied = await copyDatabase(postgres)
      return async () => {
        await running.stop()
        await copied.restore()
        running = await start(databases, registration, outOfReach)
      }
    },
    async [Symbol.asyncDispose]() {
      await running.stop()
      await postgres[Symbol.asyncDispose]()
    },
  }
}

async function silence(database: Database, device: DeviceId): Promise<void> {
  const today = Math.floor(Date.now() / 86_400_000)
  await database.query('UPDATE device SET seen_day = seen_day - 91 WHERE device_id = $1', [
    DeviceId.toBytes(device),
  ])
  await database.query(
    'INSERT INTO server_day SELECT $1::integer - ago FROM generate_series(0, 90) AS ago ON CONFLICT DO NOTHING',
    [today],
  )
}

type Databases = ReadonlyMap<string, Awaited<ReturnType<Awaited<ReturnType<typeof testDatabase>>['open']>>>

async function start(databases: Databases, registration: string, outOfReach: ReadonlySet<string>) {
  const draining = new AbortController()
  const sealing = new Sealing(new Uint8Array(32).fill(7))
  const limiter = new MemoryRateLimiter(systemClock)
  const bus = new MemoryBus()
  const internal = new Map<string, Transport>()
  const internalOf = (typeName: string): Transport => ({
    unary: (...call) => internal.get(ownerOf(typeName))!.unary(...call),
    stream: (...call) => internal.get(ownerOf(typeName))!.stream(...call),
  })
  const client = ((service) => createClient(service, internalOf(service.typeName))) as Parameters<
    ServiceDefinition['create']
  >[0]['client']
  const services: Service[] = []
  for (const definition of definitions) {
    const service = await definition.create({
      database: databases.get(definition.name)!,
      bus,
      log: silentLogger,
      clock: systemClock,
      limiter,
      randomness: systemRandomness,
      settings: definition.name === 'accounts' ? { registration } : {},
      sealing,
      publicUrl: 'https://veche.example',
      dataFolder: '/nonexistent',
      client,
    })
    services.push(service)
    const transport = createRouterTransport((router) => service.internalRoutes?.(router), {
      router: { interceptors: [errorInterceptor(silentLogger)] },
    })
    internal.set(
      definition.name,
      dependencyTransport(unless(transport, () => outOfReach.has(definition.name))),
    )
  }
  for (const service of services) await service.start?.(draining.signal)
  const accountsInternal = createClient(AccountsInternalService, internal.get(accounts.name)!)
  const ended = new EndedDevices({
    bus,
    fetch: async () => (await accountsInternal.listEndedDevices({})).devices.map(toEnded),
  })
  await ended.start()
  return {
    transport: publicTransport(services, accountsInternal, { draining: draining.signal, ended }),
    async stop() {
      draining.abort()
      await ended[Symbol.asyncDispose]()
      for (const service of services) await service.drain?.()
      for (const service of services.toReversed()) await service.stop()
      bus.close()
    },
  }
}

function publicTransport(
  services: readonly Service[],
  accountsInternal: Client<typeof AccountsInternalService>,
  { draining, ended }: { readonly draining: AbortSignal; readonly ended: EndedDevices },
): Transport {
  const publicRpcs = new Set(definitions.flatMap(({ publicRpcs }) => publicRpcs))
  const gate = requestGate({
    isPublic: (method) => publicRpcs.has(method),
    keys: new FetchedTokenKeys(async () => (await accountsInternal.getTokenKeys({})).keys, systemClock),
    ended,
    clock: systemClock,
    limiter: new MemoryRateLimiter(systemClock),
    accountRule: UNLIMITED,
    addressRule: UNLIMITED,
    log: silentLogger,
  })
  return createRouterTransport(
    (router) => {
      for (const service of services) service.routes(router)
    },
    {
      router: {
        requestGate: gate,
        interceptors: [
          errorInterceptor(silentLogger),
          streamInterceptor({ maxPerDevice: MAX_STREAMS, draining, ended }),
        ],
      },
    },
  )
}

function toEnded({ accountId, deviceId }: { accountId: Uint8Array; deviceId: Uint8Array }): EndedDevice {
  return { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId) }
}

function unless(transport: Transport, isOutOfReach: () => boolean): Transport {
  return {
    ...transport,
    unary: async (...call) => {
      if (isOutOfReach()) throw new ConnectError('not there', Code.Unavailable)
      return transport.unary(...call)
    },
  }
}

/** Which service answers an internal RPC: `accounts` of `veche.accounts.internal.v1.…`. */
function ownerOf(typeName: string): string {
  return typeName.split('.')[1]!
}
