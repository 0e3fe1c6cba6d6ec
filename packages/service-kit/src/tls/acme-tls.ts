/**
 * A certificate from an authority of the internet that speaks ACME (RFC 8555), such as Let's Encrypt. It proves itself on the
 * port that it listens on anyway (tls-alpn-01, RFC 8737): no other port, no other program.
 *
 * States: a stored certificate, or for the first start one that nobody trusts, so that the port is there to be proved →
 * asking, at once or when a third of the life is left → a new one, stored and in force. What goes wrong is logged and tried
 * again, later each time; the certificate before stays in force, and the server serves.
 */
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Client } from 'acme-client'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import { issueCertificate, newAuthority } from './local-authority.ts'
import type { KeyPair, TlsSource } from './tls-source.ts'

export interface AcmeTlsOptions {
  /** What is kept: the account's key, the certificate and its key; readable by its owner alone. */
  readonly file: string
  /** The name that is certified. */
  readonly host: string
  /** URL of the authority's directory. */
  readonly directory: string
  /** The wait after the first failure, doubled with each further one up to a day; a minute by default. */
  readonly retryMs?: number
}

/** Shows the proof to the authority for as long as it is asked for; undefined ends that. */
export type ShowProof = (pair: KeyPair | undefined) => void

interface Kept {
  readonly directory: string
  readonly accountKey: string
  /** Of the host below; absent until there is one. */
  readonly certificate?: KeyPair & { readonly host: string }
}

const events = logEvents({
  acme_certificate_obtained: {},
  acme_failed: { step: ['account', 'order', 'proof', 'certificate', 'store'], error: 'error' },
})
type Step = 'account' | 'order' | 'proof' | 'certificate' | 'store'

const firstRetryMs = 60_000
const longestRetryMs = 86_400_000
/** The longest sleep: a clock may be set. */
const lookEveryMs = 6 * 3_600_000
const shortestWaitMs = 1_000

export class AcmeTls implements TlsSource {
  readonly #options: AcmeTlsOptions
  readonly #log: Logger
  #kept: Kept
  #pair: KeyPair
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #isDisposed = false
  #onRenewed: (pair: KeyPair) => void = () => {}

  /** @throws what the file system throws */
  static async open(options: AcmeTlsOptions, log: Logger): Promise<AcmeTls> {
    return new AcmeTls(options, log, await readKept(options))
  }

  private constructor(options: AcmeTlsOptions, log: Logger, kept: Kept) {
    this.#options = options
    this.#log = log
    this.#kept = kept
    this.#pair = kept.certificate ?? placeholder(options.host)
  }

  get pair(): KeyPair {
    return this.#pair
  }

  get hostName(): string {
    return this.#options.host
  }

  onRenewed(take: (pair: KeyPair) => void): void {
    this.#onRenewed = take
  }

  /** Begins to ask, now that the port listens. */
  begin(show: ShowProof): void {
    void this.#look(show)
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    clearTimeout(this.#timer)
  }

  async #look(show: ShowProof): Promise<void> {
    const { certificate } = this.#kept
    if (certificate === undefined || Date.now() > agesAtMs(certificate)) await this.#renew(show)
    if (this.#isDisposed) return
    this.#timer = setTimeout(() => void this.#look(show), this.#waitMs()).unref()
  }

  #waitMs(): number {
    const { retryMs = firstRetryMs } = this.#options
    if (this.#failures > 0) return Math.min(retryMs * 2 ** Math.min(this.#failures - 1, 20), longestRetryMs)
    const { certificate } = this.#kept
    const untilMs = certificate === undefined ? 0 : agesAtMs(certificate) - Date.now()
    return Math.min(Math.max(untilMs, shortestWaitMs), lookEveryMs)
  }

  async #renew(show: ShowProof): Promise<void> {
    let step: Step = 'account'
    const at = (next: Step) => {
      step = next
    }
    try {
      const certificate = { ...(await this.#obtain(show, at)), host: this.#options.host }
      at('store')
      this.#kept = { ...this.#kept, certificate }
      await writeKept(this.#options.file, this.#kept)
      this.#failures = 0
      this.#pair = certificate
      if (this.#isDisposed) return
      this.#onRenewed(certificate)
      this.#log.info(events.acme_certificate_obtained, {})
    } catch (error) {
      this.#failures++
      this.#log.error(events.acme_failed, { step, error })
    } finally {
      show(undefined)
    }
  }

  async #obtain(show: ShowProof, at: (step: Step) => void): Promise<KeyPair> {
    const { Client, crypto } = await import('acme-client') // many modules, for those alone who need them
    const { host, directory } = this.#options
    await writeKept(this.#options.file, this.#kept)
    const client = new Client({ directoryUrl: directory, accountKey: this.#kept.accountKey })
    await openAccount(client)
    at('order')
    const order = await client.createOrder({ identifiers: [{ type: 'dns', value: host }] })
    const [authorization] = await client.getAuthorizations(order)
    at('proof')
    if (authorization!.status !== 'valid') await prove(client, crypto, authorization!, show)
    at('certificate')
    const [key, csr] = await crypto.createCsr({ altNames: [host] }, newKey())
    const finalized = await client.finalizeOrder(order, csr)
    return { cert: await client.getCertificate(finalized), key: key.toString() }
  }
}

type Acme = typeof import('acme-client')
type Authorization = Awaited<ReturnType<Client['getAuthorizations']>>[number]

/** The account of the key, made when there is none. Of one that there is the library asks a change, which some refuse. */
async function openAccount(client: Client): Promise<void> {
  try {
    await client.createAccount({ termsOfServiceAgreed: true })
  } catch (error) {
    if (!hasAccount(client)) throw error
  }
}

function hasAccount(client: Client): boolean {
  try {
    return client.getAccountUrl() !== ''
  } catch {
    return false // the library throws where it has none
  }
}

async function prove(
  client: Client,
  crypto: Acme['crypto'],
  authorization: Authorization,
  show: ShowProof,
): Promise<void> {
  const challenge = authorization.challenges.find(({ type }) => (type as string) === 'tls-alpn-01') // its types know two others
  if (challenge === undefined) throw new Error('the authority offers no tls-alpn-01')
  const proof = await client.getChallengeKeyAuthorization(challenge)
  const [key, cert] = await crypto.createAlpnCertificate(authorization, proof, newKey())
  show({ key: key.toString(), cert: cert.toString() })
  await client.completeChallenge(challenge)
  await client.waitForValidStatus(challenge)
}

/** From when on no more than a third of its life is left. */
function agesAtMs({ cert }: KeyPair): number {
  const { validFromDate, validToDate } = new X509Certificate(cert)
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()]
  return to - (to - from) / 3
}

/** Until there is one: whoever comes is told that nobody vouches for it. */
function placeholder(host: string): KeyPair {
  return issueCertificate(newAuthority('Veche', [host], Date.now()), [host], Date.now())
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** What another authority or another name left is of no use. */
async function readKept({ file, directory, host }: AcmeTlsOptions): Promise<Kept> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  const kept = text === undefined ? undefined : decode(text)
  if (kept?.directory !== directory) return { directory, accountKey: newKey() }
  const { certificate, ...account } = kept
  return certificate?.host === host ? kept : account
}

/** Undefined for what cannot be used: all of it can be had anew. */
function decode(text: string): Kept | undefined {
  try {
    const { directory, accountKey, certificate } = JSON.parse(text) as Kept
    if (typeof directory !== 'string' || typeof accountKey !== 'string') return undefined
    if (certificate === undefined) return { directory, accountKey }
    new X509Certificate(certificate.cert)
    return { directory, accountKey, certificate }
  } catch {
    return undefined
  }
}

async function writeKept(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  {
    await using handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(`${JSON.stringify(kept, null, 2)}\n`)
    await handle.sync()
  }
  await rename(draft, file)
}
