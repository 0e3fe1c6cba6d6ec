/** What the one who runs the machine does with the hosts, beside a running service, which takes each change up by itself. */
import { changeHosts } from './change-hosts.ts'
import type { Host, HostKey } from './host.ts'
import { encodeHostKey, makeHostKey, parseHostKey } from './host-key.ts'
import { isHostName, isOrigin, maxOrigins, readHosts } from './hosts-file.ts'

export { hostsFileOf, nichatkaSettings } from '../settings.ts'
export type { Host } from './host.ts'
export { HostsFileError } from './hosts-file.ts'

export interface NewHost {
  readonly name: string
  /** URLs of its pages; of each the origin counts. */
  readonly origins: readonly string[]
  /** Of a key pair of the host's own, with or without `ed25519:`. A secret is made where it is left out. */
  readonly publicKey?: string
  readonly allowsGetChanges: boolean
}

export interface AddedHost {
  readonly kind: 'done'
  readonly host: Host
  /** What the host needs, as text; undefined where it has a key pair of its own. To be shown once and kept nowhere. */
  readonly secret: string | undefined
}

export type HostOutcome =
  | AddedHost
  | { readonly kind: 'name_wrong' | 'origin_wrong' | 'public_key_wrong'; readonly text: string }
  | { readonly kind: 'name_taken' | 'host_unknown' }

/** Each may throw HostsFileError. */
export class OperatorHosts {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  /** By name. */
  async list(): Promise<readonly Host[]> {
    return [...(await readHosts(this.file)).values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async add({ name, origins, publicKey, allowsGetChanges }: NewHost): Promise<HostOutcome> {
    if (!isHostName(name)) return { kind: 'name_wrong', text: name }
    const wrong = origins.find((text) => !isOrigin(originOf(text)))
    if (wrong !== undefined) return { kind: 'origin_wrong', text: wrong }
    const unique = [...new Set(origins.map(originOf))]
    if (unique.length < 1 || unique.length > maxOrigins)
      return { kind: 'origin_wrong', text: unique.join(' ') }
    const key = keyFor(publicKey)
    if (key === undefined) return { kind: 'public_key_wrong', text: publicKey ?? '' }
    const host = { name, key, origins: unique, allowsGetChanges }
    return changeHosts(this.file, (hosts) => {
      if (hosts.has(name)) return { kind: 'name_taken' }
      hosts.set(name, host)
      return done(host)
    })
  }

  /** From then on the old key opens nothing. */
  async rotate(name: string, publicKey?: string): Promise<HostOutcome> {
    const key = keyFor(publicKey)
    if (key === undefined) return { kind: 'public_key_wrong', text: publicKey ?? '' }
    return changeHosts(this.file, (hosts) => {
      const known = hosts.get(name)
      if (known === undefined) return { kind: 'host_unknown' }
      const host = { ...known, key }
      hosts.set(name, host)
      return done(host)
    })
  }

  /** What the host's users have written stays in the database, and comes back with a host of that name. */
  async remove(name: string): Promise<'removed' | 'host_unknown'> {
    return changeHosts(this.file, (hosts) => (hosts.delete(name) ? 'removed' : 'host_unknown'))
  }
}

function done(host: Host): AddedHost {
  return { kind: 'done', host, secret: host.key.kind === 'ed25519' ? undefined : encodeHostKey(host.key) }
}

function keyFor(publicKey: string | undefined): HostKey | undefined {
  if (publicKey === undefined) return makeHostKey()
  const key = parseHostKey(`ed25519:${publicKey.replace(/^ed25519:/, '')}`)
  return key?.kind === 'ed25519' ? key : undefined
}

/** As a browser writes it: people copy addresses with a slash behind, or a capital letter. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && url.href === `${url.origin}/` ? url.origin : text
}
