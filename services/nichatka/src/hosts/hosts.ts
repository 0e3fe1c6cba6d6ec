/**
 * The hosts of a running service, which follow their file: a host that is added, removed or given another key is taken up
 * without a restart. A file that cannot be used changes nothing: the hosts of before stay, and the log says so.
 */
import { stat } from 'node:fs/promises'
import { type Logger, logEvents, silentLogger } from '@veche/service-kit'
import type { Host } from './host.ts'
import { readHosts } from './hosts-file.ts'

const events = logEvents({ hosts_file_unusable: { error: 'error' }, hosts_changed: { hosts: 'number' } })

const lookEveryMs = 2_000

export class Hosts implements AsyncDisposable {
  readonly #file: string
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #version: string
  #hosts: ReadonlyMap<string, Host>
  #origins: ReadonlySet<string>
  #looking: Promise<void> | undefined

  /** An absent file is no hosts. @throws HostsFileError */
  static async open(file: string, log: Logger = silentLogger): Promise<Hosts> {
    const version = await versionOf(file)
    return new Hosts(file, log, version, await readHosts(file))
  }

  private constructor(file: string, log: Logger, version: string, hosts: ReadonlyMap<string, Host>) {
    this.#file = file
    this.#log = log
    this.#version = version
    this.#hosts = hosts
    this.#origins = originsOf(hosts)
    this.#timer = setInterval(() => void this.refresh(), lookEveryMs).unref()
  }

  find(name: string): Host | undefined {
    return this.#hosts.get(name)
  }

  /** Of all hosts: what may be told before it is known which one a request is for. */
  get origins(): ReadonlySet<string> {
    return this.#origins
  }

  /** Reads the file where it has changed; never throws. Called every two seconds besides. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  async #look(): Promise<void> {
    const version = await versionOf(this.#file)
    if (version === this.#version) return
    this.#version = version
    try {
      this.#hosts = await readHosts(this.#file)
      this.#origins = originsOf(this.#hosts)
      this.#log.info(events.hosts_changed, { hosts: this.#hosts.size })
    } catch (error) {
      this.#log.warn(events.hosts_file_unusable, { error })
    }
  }
}

function originsOf(hosts: ReadonlyMap<string, Host>): ReadonlySet<string> {
  return new Set([...hosts.values()].flatMap(({ origins }) => origins))
}

/** Taken before reading: a file that is replaced in between is read again at the next look. */
async function versionOf(file: string): Promise<string> {
  try {
    const { ino, mtimeNs, ctimeNs, size } = await stat(file, { bigint: true })
    return `${ino} ${mtimeNs} ${ctimeNs} ${size}`
  } catch {
    return 'unreadable' // reading it will say why
  }
}
