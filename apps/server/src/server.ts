/**
 * The whole server in one process: listener, PostgreSQL, services and what joins them.
 *
 * States: listening, with /health at 503 → services created on migrated schemas → started → ready, /health at 200
 * → draining (streams end, calls finish) → stopped. Whatever was acquired is released in the reverse order, also
 * when a step fails.
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AccountId, DeviceId } from '@veche/protocol'
import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import {
  type AddressOf,
  type Bus,
  type Clock,
  createAddressOf,
  createLogger,
  createRpcHandler,
  deadlineInterceptor,
  EmbeddedPostgres,
  type EndedDevice,
  EndedDevices,
  errorInterceptor,
  FetchedTokenKeys,
  FreeSpace,
  Health,
  type HttpHandler,
  type HttpLimits,
  HttpListener,
  type KeptKeys,
  KeyKeeper,
  type Logger,
  MasterKeys,
  MemoryBus,
  MemoryRateLimiter,
  migrate,
  oldestPostgres,
  openServiceDatabase,
  Readiness,
  type RpcHandler,
  reflectionServices,
  registerHealth,
  registerReflection,
  requestGate,
  Sealing,
  type ServerAddress,
  type Service,
  type ServiceContext,
  type ServiceDefinition,
  servePage,
  spaceInterceptor,
  streamInterceptor,
  systemClock,
  systemRandomness,
  type TokenKeys,
} from '@veche/service-kit'
import { homePage } from './home-page.ts'
import { InternalClients } from './internal-clients.ts'
import type { ServerConfig } from './server-config.ts'
import { inOrderOfNeeds } from './service-order.ts'
import { type LanPlace, originOf } from './tls/lan.ts'
import { type OpenedTls, openTls } from './tls/open-tls.ts'
import { strictTransportOf } from './tls/strict-transport.ts'
import { WebApp } from './web-app.ts'

export interface StartOptions {
  readonly services: readonly ServiceDefinition[]
  readonly clock?: Clock
  readonly log?: Logger
  readonly limits?: Partial<HttpLimits>
  /** In place of the configured PostgreSQL: a test's database. */
  readonly database?: ServerAddress
}

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, e.g. `http://127.0.0.1:8480`. */
  readonly url: string
  /** What links carry. */
  readonly publicUrl: string
  /** With an authority of its own: how people come to trust it. */
  readonly lanPlace: LanPlace | undefined
  /** The first administrator's one-time registration code; undefined once there is an administrator. */
  readonly administratorCode: string | undefined
  /** Drains and stops everything, within ten seconds. */
  stop(): Promise<void>
}

const drainTimeoutMs = 6_000
const maxStreamsPerDevice = 4

/** Resolves when the server is ready. @throws ConfigError, PostgresError, MigrationError, NodeJS.ErrnoException */
export async function startServer(config: ServerConfig, options: StartOptions): Promise<RunningServer> {
  await using resources = new AsyncDisposableStack()
  const definitions = inOrderOfNeeds(options.services)
  const log = options.log ?? createLogger({ level: config.logLevel })
  const readiness = new Readiness()
  const draining = new AbortController()

  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  let rpc: RpcHandler = () => false
  let pages: RpcHandler = () => false
  const home = homePage(definitions)
  const web = hasMessenger(definitions) ? await WebApp.read() : undefined
  const masterKeys = await MasterKeys.open(config.masterKeyFile, { mayCreate: !hasData(config) })
  const sealing = new Sealing(masterKeys)
  const tls = await openTls(config, { sealing, log, port: () => listener.port })
  if (tls) resources.use(tls)
  const listener: HttpListener = await openListener(config, options, tls, (request, response) => {
    if (rpc(request, response) || pages(request, response) || tls?.serve?.(request, response)) return
    if (readiness.ready && web?.serve(request, response)) return
    servePage(request, response, readiness, home)
  })
  resources.use(listener)
  tls?.source.onRenewed((pair) => listener.renew(pair))
  tls?.begin?.((pair) => listener.showProof(pair))
  const url = originOf(tls ? 'https' : 'http', tls?.hostName ?? config.listen, listener.port)
  const publicUrl = config.publicUrl ?? url
  const clock = options.clock ?? systemClock
  const parts: Parts = {
    config,
    definitions,
    log,
    clients: new InternalClients(),
    shared: {
      bus: resources.adopt<Bus>(new MemoryBus(), (bus) => bus.close()),
      clock,
      limiter: new MemoryRateLimiter(clock),
      randomness: systemRandomness,
      sealing,
      publicUrl,
      dataFolder: config.dataFolder,
    },
  }
  const { address, space } = await openPostgres(config, options, resources, log)
  const kept: KeptKeys[] = []
  const services = await createServices(parts, address, resources, kept)
  const ended = endedDevices(parts)
  if (ended) resources.use(ended)
  const addressOf = createAddressOf(config.behindProxy)
  pages = createPageHandler(services, addressOf, readiness)
  rpc = createPublicHandler(parts, services, {
    addressOf,
    readiness,
    draining: draining.signal,
    space,
    ...(ended && { ended }),
  })
  for (const service of services) await service.start?.(draining.signal)
  await ended?.start()
  const keeper = resources.use(new KeyKeeper(parts.shared.sealing, kept, log))
  await keeper.start()
  const administratorCode = await findAdministratorCode(parts)
  readiness.set(true)

  const owned = resources.move()
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= stopServer()
    return stopped
  }
  const stopServer = async () => {
    readiness.set(false)
    draining.abort()
    await Promise.all([listener.drain(drainTimeoutMs), ...services.map((service) => service.drain?.())])
    await owned.disposeAsync()
  }
  const lanPlace = tls?.lanPlace?.()
  return { url, publicUrl, lanPlace, administratorCode, stop, [Symbol.asyncDispose]: stop }
}

/** What the steps of a start have in common. */
interface Parts {
  readonly config: ServerConfig
  readonly definitions: readonly ServiceDefinition[]
  readonly log: Logger
  readonly clients: InternalClients
  /** The same for every service. */
  readonly shared: Omit<ServiceContext, 'database' | 'log' | 'settings' | 'client'>
}

/** What the web app talks to. */
function hasMessenger(definitions: readonly ServiceDefinition[]): boolean {
  return ['accounts', 'chats'].every((needed) => definitions.some(({ name }) => name === needed))
}

function openListener(
  config: ServerConfig,
  { limits }: StartOptions,
  tls: OpenedTls | undefined,
  handler: HttpHandler,
): Promise<HttpListener> {
  const { listen: host, port, behindProxy } = config
  return HttpListener.open({
    host,
    port,
    behindProxy,
    handler,
    strictTransport: strictTransportOf(config),
    ...(tls && { tls: tls.source.pair }),
    ...(tls?.signpost && { signpost: tls.signpost }),
    ...(limits && { limits }),
  })
}

/** Whether the data folder has a database, which some master key has sealed; of an external one nobody knows yet. */
function hasData({ databaseUrl, dataFolder }: ServerConfig): boolean {
  return databaseUrl === undefined && existsSync(join(dataFolder, 'postgres'))
}

/** Whether the disk of the database is nearly full; of an external one nobody knows before it says so. */
type Space = Pick<FreeSpace, 'isLow'>

async function openPostgres(
  { databaseUrl, dataFolder }: ServerConfig,
  { database }: StartOptions,
  resources: AsyncDisposableStack,
  log: Logger,
): Promise<{ address: ServerAddress; space: Space }> {
  if (database !== undefined) return { address: database, space: { isLow: false } }
  if (databaseUrl !== undefined)
    return { address: { url: databaseUrl, passwordless: false }, space: { isLow: false } }
  const { address, folder } = resources.use(await EmbeddedPostgres.start({ folder: dataFolder }))
  return { address, space: resources.use(await FreeSpace.watch(folder, log)) }
}

/** Each on its own migrated schema, after those that it needs. */
async function createServices(
  { config, definitions, log, clients, shared }: Parts,
  address: ServerAddress,
  resources: AsyncDisposableStack,
  kept: KeptKeys[],
): Promise<Service[]> {
  const services: Service[] = []
  // Of all of them: where one could not run, none makes anything.
  const oldest = Math.max(...definitions.map((definition) => definition.oldestPostgres ?? oldestPostgres))
  for (const definition of definitions) {
    const { name, migrations } = definition
    const serviceLog = log.forService(name)
    const database = resources.use(
      await openServiceDatabase(address, name, serviceLog, {
        oldestPostgres: oldest,
      }),
    )
    await migrate(database, name, migrations, serviceLog)
    const service = await definition.create({
      ...shared,
      database,
      log: serviceLog,
      settings: config.services[name] ?? {},
      client: (descriptor) => clients.clientFor(definition, descriptor),
    })
    resources.defer(() => service.stop())
    const { resealers } = service
    if (resealers !== undefined) kept.push({ database, resealers, log: serviceLog })
    clients.register(definition, service, serviceLog)
    services.push(service)
  }
  return services
}

/** The public RPCs of all services, behind the gate and the interceptors that hold for all. */
function createPublicHandler(
  parts: Parts,
  services: readonly Service[],
  {
    addressOf,
    readiness,
    draining,
    space,
    ended,
  }: {
    readonly addressOf: AddressOf
    readonly readiness: Readiness
    readonly draining: AbortSignal
    readonly space: Space
    readonly ended?: EndedDevices
  },
): RpcHandler {
  const { config, definitions, log, shared } = parts
  const publicRpcs = new Set(definitions.flatMap(({ publicRpcs }) => publicRpcs))
  const largeRpcs = new Set(definitions.flatMap(({ largeRpcs = [] }) => largeRpcs))
  const growingRpcs = new Set(definitions.flatMap(({ growingRpcs = [] }) => growingRpcs))
  const names = new Set<string>()
  const openServices = new Set([Health, ...reflectionServices])
  return createRpcHandler({
    routes(router) {
      for (const service of services) service.routes(router)
      const own = new Set(router.handlers.map(({ service }) => service))
      for (const { typeName } of own) names.add(typeName)
      registerHealth(router, readiness, names)
      if (config.reflection) registerReflection(router, [...own, Health])
    },
    isLarge: (method) => largeRpcs.has(method),
    gate: requestGate({
      isPublic: (method) => openServices.has(method.parent) || publicRpcs.has(method),
      keys: tokenKeys(parts),
      ...(ended && { ended }),
      clock: shared.clock,
      limiter: shared.limiter,
      accountRule: { name: 'account', burst: config.accountRate * 5, perSecond: config.accountRate },
      addressRule: { name: 'address', burst: config.addressRate * 30, perSecond: config.addressRate },
      log,
    }),
    interceptors: [
      errorInterceptor(log),
      deadlineInterceptor(),
      spaceInterceptor(space, (method) => growingRpcs.has(method)),
      streamInterceptor({ maxPerDevice: maxStreamsPerDevice, draining, ...(ended && { ended }) }),
    ],
    addressOf,
  })
}

/** The pages of the services themselves. Until the server is ready there are none: the listener answers 503. */
function createPageHandler(
  services: readonly Service[],
  addressOf: AddressOf,
  readiness: Readiness,
): RpcHandler {
  const withPages = services.filter(({ handle }) => handle !== undefined)
  return (request, response) => {
    if (withPages.length === 0 || !readiness.ready) return false
    const address = addressOf(request)
    return withPages.some((service) => service.handle?.(request, response, address))
  }
}

/** The program itself asks accounts for three things: its keys, who has ended, and the first administrator's code. */
const program = { name: 'server', needs: ['accounts'] }

function tokenKeys({ clients, definitions, shared }: Parts): TokenKeys {
  if (!definitions.some(({ name }) => name === 'accounts')) return { find: async () => undefined }
  const accounts = clients.clientFor(program, AccountsInternalService)
  return new FetchedTokenKeys(async () => (await accounts.getTokenKeys({})).keys, shared.clock)
}

function endedDevices({ clients, definitions, shared }: Parts): EndedDevices | undefined {
  if (!definitions.some(({ name }) => name === 'accounts')) return undefined
  const accounts = clients.clientFor(program, AccountsInternalService)
  const fetch = async () => (await accounts.listEndedDevices({})).devices.map(toEndedDevice)
  return new EndedDevices({ fetch, bus: shared.bus })
}

function toEndedDevice({
  accountId,
  deviceId,
}: {
  accountId: Uint8Array
  deviceId: Uint8Array
}): EndedDevice {
  return { accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId) }
}

async function findAdministratorCode({ clients, definitions }: Parts): Promise<string | undefined> {
  if (!definitions.some(({ name }) => name === 'accounts')) return undefined
  const accounts = clients.clientFor(program, AccountsInternalService)
  return (await accounts.ensureAdministratorCode({})).code || undefined
}
