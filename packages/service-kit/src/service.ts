/**
 * What a service is to the program that runs it. A service knows its own schema, its settings and the generated
 * clients of others; it does not know whether they run in the same process.
 */
import type { DescMethod, DescService } from '@bufbuild/protobuf'
import type { Client, ConnectRouter } from '@connectrpc/connect'
import type { Bus } from './bus/bus.ts'
import type { Clock } from './clock.ts'
import type { Settings, SettingsSpec } from './config/setting.ts'
import type { Database } from './database/database.ts'
import type { Migration } from './database/migrations.ts'
import type { HttpRequest, HttpResponse } from './http/http-message.ts'
import type { Resealer } from './keys/key-keeper.ts'
import type { Sealing } from './keys/sealing.ts'
import type { RateLimiter } from './limits/rate-limiter.ts'
import type { Logger } from './log/logger.ts'
import type { Randomness } from './randomness.ts'

export interface ServiceDefinition<Spec extends SettingsSpec = SettingsSpec> {
  /** Also the name of its schema, e.g. `accounts`. */
  readonly name: string
  /** Names of the services whose internal RPCs it calls. */
  readonly needs: readonly string[]
  /**
   * Names of the services whose internal RPCs it calls though they come after it, because they need it: only to tell
   * them of a change, and never so that its own work would depend on it. One that does not run answers UNAVAILABLE.
   * None by default.
   */
  readonly tells?: readonly string[]
  /** Its own options, e.g. `{ registration: setting.choice(...) }`; part of the one configuration. */
  readonly settings: Spec
  readonly migrations: readonly Migration[]
  /** The oldest PostgreSQL it works with. 15 by default. */
  readonly oldestPostgres?: number
  /** RPCs that may be called without an access token. Every other public RPC needs one. */
  readonly publicRpcs: readonly DescMethod[]
  /** RPCs whose request may be up to 2 MiB; 256 KiB is the limit of every other. */
  readonly largeRpcs?: readonly DescMethod[]
  /** RPCs that make the database larger: refused as `server_full` while its disk is nearly full. */
  readonly growingRpcs?: readonly DescMethod[]
  /** Called once, with migrations applied. Must not call other services yet: that is for `start`. */
  create(context: ServiceContext<Spec>): Promise<Service> | Service
}

export interface ServiceContext<Spec extends SettingsSpec = SettingsSpec> {
  readonly database: Database
  readonly bus: Bus
  readonly log: Logger
  readonly clock: Clock
  readonly limiter: RateLimiter
  readonly randomness: Randomness
  readonly settings: Settings<Spec>
  readonly sealing: Sealing
  /** What links carry: an origin without a trailing slash, e.g. `https://veche.example`. */
  readonly publicUrl: string
  /** The folder of everything the server keeps, absolute; a service's own files are in a folder of its name. */
  readonly dataFolder: string
  /** A client of an internal RPC service named in `needs`. Its failures are DependencyErrors. */
  client<Desc extends DescService>(service: Desc): Client<Desc>
}

export interface Service {
  /** Registers RPCs for the public listener; `principalOf` gives the caller. */
  routes(router: ConnectRouter): void
  /** Registers RPCs for other services only. */
  internalRoutes?(router: ConnectRouter): void
  /**
   * Serves the request if its path is one of its own (pages and fragments, not RPCs). `address` stands for the caller's,
   * as for the limits of RPCs. Asked only while the server is ready. The listener's security headers are set: a page that
   * needs others replaces them. Must not throw: what goes wrong is for the service to answer.
   */
  handle?(request: HttpRequest, response: HttpResponse, address: string): boolean
  /** How its data keys are replaced; left out where it has none. */
  readonly resealers?: readonly Resealer[]
  /** All services are created and their internal RPCs answer. Resolves when this one is ready to serve. */
  start?(signal: AbortSignal): Promise<void>
  /** The listener takes no more calls: end what lasts (delivery streams), so that `stop` finds nothing running. */
  drain?(): Promise<void>
  /** The last call. The database is closed afterwards by the one who opened it. */
  stop(): Promise<void>
}

/** Gives a definition its types: `export const accounts = defineService({ ... })`. */
export function defineService<const Spec extends SettingsSpec>(
  definition: ServiceDefinition<Spec>,
): ServiceDefinition<Spec> {
  return definition
}
