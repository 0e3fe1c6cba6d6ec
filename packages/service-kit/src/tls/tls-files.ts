/**
 * The operator's certificate and its key, from files that another program renews: they are read again when they change.
 * A pair that cannot be used leaves the one before in force, and says so in the log.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import { hostNameOf, type KeyPair, type TlsSource } from './tls-source.ts'

export interface TlsFilesOptions {
  /** PEM: the certificate, then those that lead to a root. */
  readonly certFile: string
  /** PEM, without a passphrase. */
  readonly keyFile: string
}

/** Names the file and what is wrong with it, and nothing that is in it. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError'
  readonly problem: 'unreadable' | 'no_certificate' | 'no_key' | 'not_a_pair' | 'ended'
  readonly file: string

  constructor(problem: TlsFileError['problem'], file: string, options?: ErrorOptions) {
    super(problem, options)
    this.problem = problem
    this.file = file
  }
}

const events = logEvents({
  certificate_renewed: {},
  certificate_unusable: { error: 'error' },
})

const lookEveryMs = 60_000

export class TlsFiles implements TlsSource {
  readonly #options: TlsFilesOptions
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #pair: KeyPair
  #changedAt: string
  #isDisposed = false
  #onRenewed: (pair: KeyPair) => void = () => {}

  /** @throws TlsFileError */
  static async open(options: TlsFilesOptions, log: Logger, everyMs = lookEveryMs): Promise<TlsFiles> {
    const changedAt = await changesOf(options)
    return new TlsFiles(options, log, { pair: await readPair(options), changedAt, everyMs })
  }

  private constructor(
    options: TlsFilesOptions,
    log: Logger,
    start: { readonly pair: KeyPair; readonly changedAt: string; readonly everyMs: number },
  ) {
    this.#options = options
    this.#log = log
    this.#pair = start.pair
    this.#changedAt = start.changedAt
    this.#timer = setTimeout(() => void this.#look(), start.everyMs).unref()
  }

  get pair(): KeyPair {
    return this.#pair
  }

  get hostName(): string | undefined {
    return hostNameOf(this.#pair.cert)
  }

  onRenewed(take: (pair: KeyPair) => void): void {
    this.#onRenewed = take
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    clearTimeout(this.#timer)
  }

  /** A program that renews writes one file after the other: what does not fit together yet is looked at again. */
  async #look(): Promise<void> {
    try {
      const changedAt = await changesOf(this.#options)
      if (changedAt === this.#changedAt) return
      const pair = await readPair(this.#options)
      this.#changedAt = changedAt
      // A file that was still being written when it was looked at has changed once more, to what was read of it.
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) return
      this.#pair = pair
      this.#onRenewed(this.#pair)
      this.#log.info(events.certificate_renewed, {})
    } catch (error) {
      this.#log.error(events.certificate_unusable, { error })
    } finally {
      if (!this.#isDisposed) this.#timer.refresh()
    }
  }
}

async function changesOf({ certFile, keyFile }: TlsFilesOptions): Promise<string> {
  const times = await Promise.all([certFile, keyFile].map((file) => read(file, () => stat(file))))
  return times.map(({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`).join()
}

async function readPair({ certFile, keyFile }: TlsFilesOptions): Promise<KeyPair> {
  const cert = await read(certFile, () => readFile(certFile, 'utf8'))
  const key = await read(keyFile, () => readFile(keyFile, 'utf8'))
  const certificate = parse('no_certificate', certFile, () => new X509Certificate(cert))
  const privateKey = parse('no_key', keyFile, () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) throw new TlsFileError('not_a_pair', keyFile)
  if (certificate.validToDate.getTime() < Date.now()) throw new TlsFileError('ended', certFile)
  return { cert, key }
}

async function read<T>(file: string, how: () => Promise<T>): Promise<T> {
  try {
    return await how()
  } catch (cause) {
    throw new TlsFileError('unreadable', file, { cause })
  }
}

function parse<T>(problem: TlsFileError['problem'], file: string, how: () => T): T {
  try {
    return how()
  } catch (cause) {
    throw new TlsFileError(problem, file, { cause })
  }
}
