/** A server of its own with Nichatka on it, as an operator runs it, and the hosts that use it: for tests that do harm. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../packages/service-kit/src/index.ts'
import { PostgresProcesses } from '../../packages/testkit/src/postgres-process.ts'
import { freePort, ServerProcess } from '../../packages/testkit/src/server-process.ts'
import { hostsFile, signToken, type TestHost } from './host-tokens.ts'
import { type Answer, NichatkaClient } from './nichatka-client.ts'

export class Scene implements AsyncDisposable {
  readonly #folder: string
  readonly #port: number
  readonly #env: Readonly<Record<string, string>>
  #server: ServerProcess | undefined
  /** What servers that were killed have printed. */
  #printed = ''

  /** Starts the server, with a PostgreSQL that it starts itself. @param env further VECHE_* variables */
  static async start(hosts: readonly TestHost[], env: Readonly<Record<string, string>> = {}): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), 'nichatka-'))
    const scene = new Scene(folder, await freePort(), env)
    try {
      await mkdir(join(scene.data, 'nichatka'), { recursive: true, mode: 0o700 })
      await scene.writeHosts(hosts)
      await scene.startServer()
      return scene
    } catch (error) {
      await scene[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(folder: string, port: number, env: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#port = port
    this.#env = env
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get data(): string {
    return join(this.#folder, 'data')
  }

  get postgres(): PostgresProcesses {
    return new PostgresProcesses(join(this.data, 'postgres'))
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error('the server has not been started')
    return this.#server
  }

  /** All that the server has printed, console and log, since the first start. */
  get output(): string {
    return this.#printed + (this.#server?.output ?? '')
  }

  writeHosts(hosts: readonly TestHost[]): Promise<void> {
    return writeFile(join(this.data, 'nichatka', 'hosts.json'), hostsFile(hosts), { mode: 0o600 })
  }

  /** SIGKILL to the server; PostgreSQL runs on. */
  async killServer(): Promise<void> {
    const { server } = this
    this.#printed += server.output
    this.#server = undefined
    await server.kill()
  }

  /** On the same data and port, for the first time or again. */
  async startServer(): Promise<void> {
    this.#server = await ServerProcess.start({
      data: this.data,
      port: this.#port,
      args: ['--services', 'nichatka'],
      env: { VECHE_ADDRESS_RATE: '0', VECHE_ACCOUNT_RATE: '0', VECHE_NICHATKA_RATE: '0', ...this.#env },
    })
  }

  client(host: TestHost, nickname: string): NichatkaClient {
    return new NichatkaClient(this.url, host, nickname)
  }

  /** As the host itself. @throws Error where it is not done */
  async nameUsers(host: TestHost, nicknames: readonly string[]): Promise<Answer> {
    const fields = nicknames.map((nickname) => ['nickname', nickname] as const)
    const answer = await this.client(host, '').post('users', {
      fields,
      user: undefined,
      token: signToken(host, ''),
    })
    if (answer.status !== 200) throw new Error(`users: ${answer.status} ${answer.code} ${answer.field}`)
    return answer
  }

  /** Nichatka's tables, with the rights of the one who runs the server. */
  openDatabase(): Database {
    const folder = encodeURIComponent(join(this.data, 'postgres'))
    const url = `postgresql:///veche?host=${folder}&user=veche`
    return openDatabase({ url, schema: 'nichatka', maxConnections: 2 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
