/**
 * The certificate of a server in a local network, from an authority of its own, made at the first start. Whoever is to reach
 * the server trusts that authority once; certificates below it live in memory only, and are made anew at each start, when the
 * machine's addresses change, and long before one ends. Nothing is asked of the internet.
 */
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { DecodeError } from '@veche/protocol'
import type { Sealing } from '../keys/sealing.ts'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import {
  createAuthorityFile,
  openAuthority,
  readAuthorityFile,
  replaceAuthorityFile,
} from './authority-file.ts'
import { type Interfaces, localAddresses, localNameOf } from './lan-hosts.ts'
import { issueCertificate, mayCertify, newAuthority } from './local-authority.ts'
import type { KeyPair, TlsSource } from './tls-source.ts'

export interface LanTlsOptions {
  /** Of the authority; made when absent. */
  readonly file: string
  /** The address that the server listens on. */
  readonly listen: string
  /** The host that links carry; undefined: the machine's name in the local network. */
  readonly publicHost?: string | undefined
  readonly sealing: Sealing
  /** Of the machine; the system's by default. */
  readonly interfaces?: () => Interfaces
  /** How often what changes is looked at; 5 s by default. */
  readonly everyMs?: number
}

/** The authority that there is cannot be used: its file is damaged, or it may not certify the host that links carry. */
export class AuthorityError extends Error {
  override readonly name = 'AuthorityError'
  readonly problem: 'damaged' | 'other_name'
  readonly file: string
  readonly host: string | undefined

  constructor(
    problem: AuthorityError['problem'],
    { file, publicHost }: LanTlsOptions,
    options?: ErrorOptions,
  ) {
    super(problem, options)
    this.problem = problem
    this.file = file
    this.host = publicHost
  }
}

const events = logEvents({
  authority_created: {},
  certificate_issued: { addresses: 'number' },
  certificate_not_issued: { error: 'error' },
})

const dayMs = 86_400_000
/** Of the 90 that a certificate lasts. */
const renewAfterMs = 60 * dayMs

export class LanTls implements TlsSource {
  readonly #options: LanTlsOptions
  readonly #log: Logger
  readonly #authority: KeyPair
  readonly #timer: NodeJS.Timeout
  #pair: KeyPair
  #hosts: string[]
  #issuedAtMs = Date.now()
  #masterKey: string | undefined
  #isDisposed = false
  #onRenewed: (pair: KeyPair) => void = () => {}

  /** @throws AuthorityError, MissingMasterKeyError, what the file system throws */
  static async open(options: LanTlsOptions, log: Logger): Promise<LanTls> {
    const { publicHost } = options
    const found = await findAuthority(options)
    const authority = found && !isEnding(found) ? found : await makeAuthority(options, found !== undefined)
    if (authority !== found) log.info(events.authority_created, {})
    if (publicHost !== undefined && !mayCertify(authority.cert, publicHost))
      throw new AuthorityError('other_name', options)
    return new LanTls(options, log, authority)
  }

  private constructor(options: LanTlsOptions, log: Logger, authority: KeyPair) {
    this.#options = options
    this.#log = log
    this.#authority = authority
    this.#hosts = this.#findHosts()
    this.#pair = issueCertificate(authority, this.#hosts, Date.now())
    this.#timer = setTimeout(() => void this.#look(), options.everyMs ?? 5_000).unref()
  }

  get pair(): KeyPair {
    return this.#pair
  }

  get hostName(): string {
    return this.#hosts[0]!
  }

  /** PEM: what is to be trusted. */
  get authority(): string {
    return this.#authority.cert
  }

  onRenewed(take: (pair: KeyPair) => void): void {
    this.#onRenewed = take
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    clearTimeout(this.#timer)
  }

  #findHosts(): string[] {
    const { publicHost, listen, interfaces } = this.#options
    const given = publicHost === undefined ? [] : [publicHost]
    const addresses = localAddresses(listen, interfaces?.())
    const hosts = new Set([...given, ...localNames(), ...addresses, '127.0.0.1', '::1'])
    // The machine may have got another name since. One wrong host, and the whole certificate is refused.
    return [...hosts].filter((host) => mayCertify(this.#authority.cert, host))
  }

  async #look(): Promise<void> {
    try {
      await this.#sealUnderCurrentKey()
      const hosts = this.#findHosts()
      const isOld = Math.abs(Date.now() - this.#issuedAtMs) > renewAfterMs
      if (isOld || hosts.join() !== this.#hosts.join()) this.#issue(hosts)
    } catch (error) {
      this.#log.error(events.certificate_not_issued, { error })
    } finally {
      if (!this.#isDisposed) this.#timer.refresh()
    }
  }

  #issue(hosts: string[]): void {
    const nowMs = Date.now()
    this.#pair = issueCertificate(this.#authority, hosts, nowMs)
    this.#hosts = hosts
    this.#issuedAtMs = nowMs
    this.#onRenewed(this.#pair)
    this.#log.info(events.certificate_issued, { addresses: hosts.length })
  }

  /** After a rotation the old master key is to be of no use. */
  async #sealUnderCurrentKey(): Promise<void> {
    const { file, sealing } = this.#options
    const current = sealing.currentMasterKey
    if (this.#masterKey === current) return
    if ((await readAuthorityFile(file))?.masterKey !== current)
      await replaceAuthorityFile(file, this.#authority, sealing)
    this.#masterKey = current
  }
}

async function findAuthority(options: LanTlsOptions): Promise<KeyPair | undefined> {
  try {
    return await openAuthority(options.file, options.sealing)
  } catch (cause) {
    if (cause instanceof DecodeError) throw new AuthorityError('damaged', options, { cause })
    throw cause
  }
}

async function makeAuthority(
  { file, sealing, publicHost }: LanTlsOptions,
  isReplacement: boolean,
): Promise<KeyPair> {
  const given = publicHost === undefined || isIP(publicHost) !== 0 ? [] : [publicHost]
  const names = [...new Set([...given, ...localNames()])]
  const authority = newAuthority(`Veche ${names[0]}`, names, Date.now())
  if (isReplacement) await replaceAuthorityFile(file, authority, sealing)
  else await createAuthorityFile(file, authority, sealing)
  // Another server may have been first.
  return (await openAuthority(file, sealing)) ?? authority
}

/** Ten years are over, or the clock was wrong when it was made: nobody trusts it any more. */
function isEnding({ cert }: KeyPair): boolean {
  return new X509Certificate(cert).validToDate.getTime() < Date.now() + renewAfterMs
}

function localNames(): string[] {
  return [localNameOf(), 'veche.local', 'localhost']
}
