/**
 * The whole server in one process: listener, PostgreSQL, services and what joins them.
 *
 * States: listening, with /health at 503 → services created on migrated schemas → started → ready, /health at 200
 * → draining (streams end, calls finish) → stopped. Whatever was acquired is released in the reverse order, also
 * when a step fails.
 */
import { mkdir } from 'node:fs/promises'
import type { Interceptor } from '@connectrpc/connect'
import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import {
  type Bus,
  type Clock,
  createHideAddress,
  createLogger,
  createRpcHandler,
  EmbeddedPostgres,
  errorInterceptor,
  FetchedTokenKeys,
  Health,
  type HttpLimits,
  HttpListener,
  type Logger,
  MemoryBus,
  MemoryRateLimiter,
  migrate,
  openServiceDatabase,
  Readiness,
  readMasterKey,
  registerHealth,
  requestGate,
  Sealing,
  type ServerAddress,
  type Service,
  type ServiceContext,
  type ServiceDefinition,
  servePage,
  streamInterceptor,
  systemClock,
  systemRandomness,
} from '@veche/service-kit'
import { InternalClients } from './internal-clients.ts'
import type { ServerConfig } from './server-config.ts'
import { inOrderOfNeeds } from './service-order.ts'

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
  const log = options.log ?? createLogger({ level: config.logLevel })
  const clock = options.clock ?? systemClock
  const definitions = inOrderOfNeeds(options.services)
  const readiness = new Readiness()
  const draining = new AbortController()
  const clients = new InternalClients()

  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  let rpc: ReturnType<typeof createRpcHandler> = () => false
  const listener = await HttpListener.open({
    host: config.listen,
    port: config.port,
    behindProxy: config.behindProxy,
    ...(options.limits !== undefined && { limits: options.limits }),
    handler: (request, response) => {
      if (!rpc(request, response)) servePage(request, response, readiness)
    },
  })
  resources.use(listener)
  const url = `http://${config.listen.includes(':') ? `[${config.listen}]` : config.listen}:${listener.port}`
  const publicUrl = config.publicUrl ?? url
  const limiter = new MemoryRateLimiter(clock)
  const common = {
    bus: resources.adopt<Bus>(new MemoryBus(), (bus) => bus.close()),
    clock,
    limiter,
    randomness: systemRandomness,
    sealing: new Sealing(await readMasterKey(config.masterKeyFile)),
    publicUrl,
  }
  const address = options.database ?? (await openPostgres(config, resources))
  const services: Service[] = []
  for (const definition of definitions) {
    const serviceLog = log.forService(definition.name)
    const database = resources.use(await openServiceDatabase(address, definition.name, serviceLog))
    await migrate(database, definition.name, definition.migrations, serviceLog)
    const context: ServiceContext = {
      ...common,
      database,
      log: serviceLog,
      settings: config.services[definition.name] ?? {},
      client: (service) => clients.clientFor(definition, service),
    }
    const service = await definition.create(context)
    resources.defer(() => service.stop())
    clients.register(definition, service, serviceLog)
    services.push(service)
  }

  const interceptors: Interceptor[] = [
    errorInterceptor(log),
    streamInterceptor({ maxPerDevice: maxStreamsPerDevice, draining: draining.signal }),
  ]
  const publicRpcs = new Set(definitions.flatMap(({ publicRpcs }) => publicRpcs))
  const largeRpcs = new Set(definitions.flatMap(({ largeRpcs = [] }) => largeRpcs))
  const names = new Set<string>()
  rpc = createRpcHandler({
    routes(router) {
      for (const service of services) service.routes(router)
      for (const handler of router.handlers) names.add(handler.service.typeName)
      registerHealth(router, readiness, names)
    },
    isLarge: (method) => largeRpcs.has(method),
    gate: requestGate({
      isPublic: (method) => method.parent === Health || publicRpcs.has(method),
      keys: tokenKeys(clients, definitions, clock),
      clock,
      limiter,
      accountRule: { name: 'account', burst: config.accountRate * 5, perSecond: config.accountRate },
      addressRule: { name: 'address', burst: config.addressRate * 30, perSecond: config.addressRate },
      log,
    }),
    interceptors,
    hideAddress: createHideAddress(),
    behindProxy: config.behindProxy,
  })
  for (const service of services) await service.start?.(draining.signal)
  const administratorCode = await findAdministratorCode(clients, definitions)
  readiness.set(true)

  const owned = resources.move()
  const stop = async () => {
    readiness.set(false)
    draining.abort()
    await Promise.all([listener.drain(drainTimeoutMs), ...services.map((service) => service.drain?.())])
    await owned.disposeAsync()
  }
  let stopped: Promise<void> | undefined
  const stopOnce = () => {
    stopped ??= stop()
    return stopped
  }
  return { url, publicUrl, administratorCode, stop: stopOnce, [Symbol.asyncDispose]: stopOnce }
}

async function openPostgres(config: ServerConfig, resources: AsyncDisposableStack): Promise<ServerAddress> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, passwordless: false }
  return resources.use(await EmbeddedPostgres.start({ folder: config.dataFolder })).address
}

/** The program itself asks accounts for two things: its keys, and the first administrator's code. */
const program = { name: 'server', needs: ['accounts'] }

function tokenKeys(clients: InternalClients, definitions: readonly ServiceDefinition[], clock: Clock) {
  if (!definitions.some(({ name }) => name === 'accounts')) return { find: async () => undefined }
  const accounts = clients.clientFor(program, AccountsInternalService)
  return new FetchedTokenKeys(async () => (await accounts.getTokenKeys({})).keys, clock)
}

async function findAdministratorCode(
  clients: InternalClients,
  definitions: readonly ServiceDefinition[],
): Promise<string | undefined> {
  if (!definitions.some(({ name }) => name === 'accounts')) return undefined
  const accounts = clients.clientFor(program, AccountsInternalService)
  return (await accounts.ensureAdministratorCode({})).code || undefined
}
