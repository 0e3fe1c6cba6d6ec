import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import {
  ConfigError,
  type Environment,
  type LogLevel,
  type RawSettings,
  readEnv,
  type ServiceDefinition,
  type Setting,
  type Settings,
  type TlsFilesOptions,
  toConfig,
} from '@veche/service-kit'
import { chosenServices } from './chosen-services.ts'
import { serverSettings } from './server-settings.ts'

export interface ServerConfig {
  readonly listen: string
  /** 0: the system chooses. */
  readonly port: number
  /** Absolute. */
  readonly dataFolder: string
  /** An origin without a trailing slash; undefined: where it listens. */
  readonly publicUrl: string | undefined
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined
  readonly masterKeyFile: string
  readonly behindProxy: boolean
  /** Answer for names of the local network, where the server certifies itself there. */
  readonly mdns: boolean
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined
  /** Calls per second; 0 is without limit. */
  readonly accountRate: number
  readonly addressRate: number
  readonly reflection: boolean
  readonly logLevel: LogLevel
  /** The names of the services that this process runs. */
  readonly running: readonly string[]
  /** By service name. */
  readonly services: Readonly<Record<string, Settings<ServiceDefinition['settings']>>>
}

/** Where the certificate comes from. */
export type TlsConfig =
  | ({ readonly kind: 'files' } & TlsFilesOptions)
  /** An authority of the server's own, for the local network. */
  | { readonly kind: 'lan' }
  /** An authority of the internet, by ACME. `directory`: URL */
  | { readonly kind: 'acme'; readonly host: string; readonly directory: string }

/** VECHE_* variables of the terminal command and of the tests. */
const foreign = [
  'VECHE_LANG',
  'VECHE_LONG',
  'VECHE_PROFILE',
  'VECHE_SEED',
  'VECHE_SERVER',
  'VECHE_TEST_DATABASE',
]

/** Every option there is, in the order in which help shows them. */
export function settingsOf(services: readonly ServiceDefinition[]): Setting[] {
  return [serverSettings, ...services.map(({ settings }) => settings)].flatMap((spec) => Object.values(spec))
}

/** @throws ConfigError */
export async function readServerConfig(
  env: Environment,
  services: readonly ServiceDefinition[],
): Promise<ServerConfig> {
  return toServerConfig(await readSettings(env, services), services)
}

/** What was written, in veche.toml and in the environment. @throws ConfigError */
export function readSettings(env: Environment, services: readonly ServiceDefinition[]): Promise<RawSettings> {
  return readEnv({ env, settings: settingsOf(services), foreign })
}

/**
 * @param raw variable name → text, e.g. `new Map([['VECHE_PORT', '0']])`
 * @throws ConfigError
 */
export function toServerConfig(raw: RawSettings, services: readonly ServiceDefinition[]): ServerConfig {
  const {
    listen: given,
    port,
    data,
    url,
    databaseUrl,
    masterKeyFile,
    services: running,
    tls: tlsFrom,
    acmeDirectory,
    tlsCert,
    tlsKey,
    ...rest
  } = toConfig(serverSettings, raw)
  const publicUrl = url === undefined ? undefined : toOrigin(url)
  if (tlsFrom !== 'files') ensureOwnTls(tlsFrom, publicUrl, rest.behindProxy)
  const tls = toTls({
    from: tlsFrom,
    certFile: tlsCert,
    keyFile: tlsKey,
    publicUrl,
    directory: acmeDirectory,
  })
  const isOwn = tls !== undefined && tls.kind !== 'files'
  const listen = raw.has('VECHE_LISTEN') || !isOwn ? given : '0.0.0.0'
  if (!isLoopback(listen) && !rest.behindProxy && !tls) {
    throw new ConfigError([
      `VECHE_LISTEN=${listen}: others could read what passes in the clear; choose a VECHE_TLS, set VECHE_TLS_CERT and ` +
        'VECHE_TLS_KEY, or put a proxy with TLS in front and set VECHE_BEHIND_PROXY=true',
    ])
  }
  const dataFolder = resolve(data)
  return {
    ...rest,
    tls,
    listen,
    port,
    dataFolder,
    databaseUrl: databaseUrl === undefined ? undefined : ensurePostgresUrl(databaseUrl),
    publicUrl,
    masterKeyFile:
      masterKeyFile === undefined ? resolve(dataFolder, 'keys/master.key') : resolve(masterKeyFile),
    running: chosenServices(running, services).map(({ name }) => name),
    services: Object.fromEntries(services.map(({ name, settings }) => [name, toConfig(settings, raw)])),
  }
}

function toTls({
  from,
  certFile,
  keyFile,
  publicUrl,
  directory,
}: {
  readonly from: TlsConfig['kind']
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  readonly publicUrl: string | undefined
  readonly directory: string
}): TlsConfig | undefined {
  if (from !== 'files' && (certFile !== undefined || keyFile !== undefined))
    throw new ConfigError([
      `VECHE_TLS=${from} makes its own certificate: leave VECHE_TLS_CERT and VECHE_TLS_KEY out`,
    ])
  if (from === 'lan') return { kind: from }
  if (from === 'acme') return { kind: from, host: toPublicName(publicUrl), directory: toHttps(directory) }
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile === undefined || keyFile === undefined)
    throw new ConfigError(['VECHE_TLS_CERT and VECHE_TLS_KEY go together: set both, or none'])
  return { kind: 'files', certFile: resolve(certFile), keyFile: resolve(keyFile) }
}

function ensureOwnTls(from: string, publicUrl: string | undefined, behindProxy: boolean): void {
  if (behindProxy)
    throw new ConfigError([`VECHE_TLS=${from} and VECHE_BEHIND_PROXY do not go together: choose one`])
  if (publicUrl?.startsWith('http:'))
    throw new ConfigError([`VECHE_URL must begin with https:// where VECHE_TLS=${from}`])
}

function toPublicName(publicUrl: string | undefined): string {
  const host = publicUrl === undefined ? '' : new URL(publicUrl).hostname
  if (/^[a-z0-9.-]+\.[a-z][a-z0-9-]*$/.test(host) && !host.endsWith('.local')) return host
  throw new ConfigError([
    'VECHE_TLS=acme needs VECHE_URL with a name in the internet, e.g. https://veche.example',
  ])
}

function toHttps(directory: string): string {
  if (URL.parse(directory)?.protocol === 'https:') return directory
  throw new ConfigError(['VECHE_ACME_DIRECTORY must begin with https://'])
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function toOrigin(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.href === `${parsed.origin}/`) {
    return parsed.origin
  }
  throw new ConfigError(['VECHE_URL must be an origin, e.g. https://veche.example'])
}

function ensurePostgresUrl(url: string): string {
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return url
  throw new ConfigError(['DATABASE_URL must be postgresql://user:password@host/database'])
}
