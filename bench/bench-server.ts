/** The server and the load generator as processes of their own, and who of them is who in /proc. */
import { fork } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort, ServerProcess } from '@veche/testkit'
import { LoadProcess } from './load-process.ts'
import type { LoadAnswer, LoadTask } from './load-task.ts'
import { treeOf } from './process-cost.ts'

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url))
/** No rates: a handful of connections does the work of a town. */
const env = {
  VECHE_ACCOUNT_RATE: '0',
  VECHE_ADDRESS_RATE: '0',
  VECHE_ATTEMPT_RATE: '0',
  VECHE_REGISTRATION: 'open',
}

export class BenchServer implements AsyncDisposable {
  readonly url: string
  /** The server's processes without PostgreSQL, whose are apart. */
  readonly serverPids: readonly number[]
  readonly #server: ServerProcess
  readonly #data: string

  private constructor(server: ServerProcess, data: string) {
    this.#server = server
    this.#data = data
    this.url = server.url
    const postgres = new Set(this.postgresPids)
    this.serverPids = treeOf(process.pid).filter((pid) => pid !== process.pid && !postgres.has(pid))
  }

  /** Starts it in a data folder; resolves when it is ready. */
  static async start(data: string): Promise<BenchServer> {
    return new BenchServer(await ServerProcess.start({ data, port: await freePort(), env }), data)
  }

  get postgresPids(): number[] {
    const [file] = globSync('**/postmaster.pid', { cwd: this.#data })
    if (file === undefined) throw new Error('PostgreSQL does not run')
    return treeOf(Number.parseInt(readFileSync(`${this.#data}/${file}`, 'utf8'), 10))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop()
  }
}

export class Load extends LoadProcess<LoadTask, LoadAnswer> {
  constructor(url: string) {
    super(fork(LOAD, [url], { serialization: 'advanced' }))
  }
}
