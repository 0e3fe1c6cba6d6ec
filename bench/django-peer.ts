/** The peer: the same pages by a plain Django project over the same database, on the same core. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@veche/testkit'
import { measuredCore, onCore } from './cores.ts'
import type { NichatkaSite } from './nichatka-site.ts'
import { hostName, type TokenSigner } from './nichatka-token.ts'
import { treeOf } from './process-cost.ts'

const FOLDER = fileURLToPath(new URL('./nichatka-django', import.meta.url))
const startTimeoutMs = 20_000

export class DjangoPeer implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(port: number, child: ChildProcess) {
    this.port = port
    this.#child = child
  }

  /** Undefined where this machine has no Django or gunicorn. */
  static async start(site: NichatkaSite, signer: TokenSigner): Promise<DjangoPeer | undefined> {
    const env = {
      ...process.env,
      PEER_DATABASE_HOST: site.socket.folder,
      PEER_DATABASE_PORT: site.socket.port,
      PEER_HOST_NAME: hostName,
      PEER_SECRET: signer.secret.toString('hex'),
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const options = { env, cwd: FOLDER, stdio: 'ignore' } as const
    if (spawnSync('gunicorn', ['--check-config', 'wsgi'], options).status !== 0) return undefined
    const port = await freePort()
    const command = [...onCore(measuredCore), 'gunicorn', ...gunicornArguments(port)]
    const peer = new DjangoPeer(port, spawn(command[0]!, command.slice(1), options))
    await peer.#becomeReady()
    return peer
  }

  get pids(): number[] {
    return treeOf(this.#child.pid!)
  }

  async #becomeReady(): Promise<void> {
    for (const end = performance.now() + startTimeoutMs; performance.now() < end; await sleep(50)) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/status`).catch(() => undefined)
      if (answer?.status === 401) return
    }
    await this[Symbol.asyncDispose]()
    throw new Error('the Django peer does not answer')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}

/** One worker of the usual kind, which answers one request for each connection. */
function gunicornArguments(port: number): string[] {
  return ['--bind', `127.0.0.1:${port}`, '--workers', '1', '--worker-class', 'sync', 'wsgi']
}
