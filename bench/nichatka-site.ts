/** Nichatka alone with its PostgreSQL, both on one core; the database filled; and who of the processes is who. */
import { globSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { freePort, ServerProcess } from '@veche/testkit'
import { measuredCore, onCore } from './cores.ts'
import { hostName, type TokenSigner } from './nichatka-token.ts'
import { treeOf } from './process-cost.ts'

/** No rates: eight connections from one address do the work of thousands. */
const env = { VECHE_SERVICES: 'nichatka', VECHE_NICHATKA_RATE: '0', VECHE_ADDRESS_RATE: '0' }

export class NichatkaSite implements AsyncDisposable {
  readonly port: number
  readonly #data: string
  readonly #server: ServerProcess

  private constructor(data: string, port: number, server: ServerProcess) {
    this.#data = data
    this.port = port
    this.#server = server
  }

  /** Resolves when it is ready. */
  static async start(data: string, signer: TokenSigner): Promise<NichatkaSite> {
    await mkdir(join(data, 'nichatka'), { recursive: true, mode: 0o700 })
    const hosts = { [hostName]: { key: signer.key, origins: ['http://127.0.0.1'], getChanges: false } }
    await writeFile(join(data, 'nichatka', 'hosts.json'), JSON.stringify(hosts), { mode: 0o600 })
    const port = await freePort()
    const server = await ServerProcess.start({ data, port, env, prefix: onCore(measuredCore) })
    return new NichatkaSite(data, port, server)
  }

  /** Where its PostgreSQL is reached: its socket is in the folder of its data. */
  get socket(): { readonly folder: string; readonly port: string } {
    return { folder: dirname(this.#postmasterFile), port: this.#postmaster[3]! }
  }

  get postgresPids(): number[] {
    return treeOf(Number(this.#postmaster[0]))
  }

  get servicePids(): number[] {
    const postgres = new Set(this.postgresPids)
    return treeOf(this.#server.pid).filter((pid) => !postgres.has(pid))
  }

  /** The lines of its file: pid, data, start, port. */
  get #postmaster(): string[] {
    return readFileSync(this.#postmasterFile, 'utf8').split('\n')
  }

  get #postmasterFile(): string {
    const [file] = globSync('**/postmaster.pid', { cwd: this.#data })
    if (file === undefined) throw new Error('PostgreSQL does not run')
    return resolve(this.#data, file)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop()
  }
}
