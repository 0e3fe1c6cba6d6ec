/** What people of the local network are told: where the server is, and what to compare before they trust it. */
import { join } from 'node:path'
import { fingerprintOf, localAddresses, localNameOf, trustPath } from '@veche/service-kit'
import type { ServerConfig } from '../server-config.ts'

export interface LanPlace {
  /** The page by which a device comes to trust the server: plain http, for one that does not yet. */
  readonly trustUrl: string
  /** Where the server is reached, by https; the one that links carry is the first. */
  readonly addresses: readonly string[]
  /** SHA-256 of the authority's certificate, 64 hexadecimal digits. */
  readonly fingerprint: string
}

/** What a place is told of. */
export interface LanServer {
  /** PEM. */
  readonly authority: string
  /** Where it listens. */
  readonly port: number
  /** The host that links carry. */
  readonly hostName: string
}

export function lanPlaceOf(
  { listen, publicUrl }: Pick<ServerConfig, 'listen' | 'publicUrl'>,
  { authority, port, hostName }: LanServer,
): LanPlace {
  const addresses = localAddresses(listen)
  const hosts = [localNameOf(), ...addresses]
  const own = publicUrl ?? originOf('https', hostName, port)
  // Not every device looks a local name up, and each knows an address.
  const reachable = addresses[0] ?? (listen === '0.0.0.0' || listen === '::' ? '127.0.0.1' : listen)
  return {
    trustUrl: `${originOf('http', reachable, port)}${trustPath}`,
    addresses: [...new Set([own, ...hosts.map((host) => originOf('https', host, port))])],
    fingerprint: fingerprintOf(authority),
  }
}

export function authorityFileOf({ dataFolder }: Pick<ServerConfig, 'dataFolder'>): string {
  return join(dataFolder, 'keys', 'authority.json')
}

export function originOf(scheme: 'http' | 'https', host: string, port: number): string {
  const place = host.includes(':') ? `[${host}]` : host
  return `${scheme}://${port === (scheme === 'https' ? 443 : 80) ? place : `${place}:${port}`}`
}
