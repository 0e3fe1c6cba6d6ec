/**
 * `veche serve` as a process of its own, as an operator runs it: for tests that kill it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const VECHE = fileURLToPath(new URL('../../../bin/veche', import.meta.url))
export const CHATTER = fileURLToPath(new URL('./chatter.ts', import.meta.url))

export interface ServerSettings {
  readonly data: string
  readonly port: number
  /** Further VECHE_* variables. */
  readonly env?: Readonly<Record<string, string>>
}

export class ServerProcess {
  readonly url: string
  /** All that it has printed, console and log. */
  output = ''
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
    child.stdout!.on('data', (chunk: Buffer) => (this.output += chunk))
    child.stderr!.on('data', (chunk: Buffer) => (this.output += chunk))
  }

  /** Resolves once `/health` answers 200. @throws Error with the server's output when it ends before that */
  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const env = {
      ...process.env,
      VECHE_DATA: settings.data,
      VECHE_PORT: String(settings.port),
      LANG: 'C.UTF-8',
      ...settings.env,
    }
    const child = spawn(process.execPath, [VECHE, 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const server = new ServerProcess(child, `http://127.0.0.1:${settings.port}`)
    while (!(await isReady(server.url))) {
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}:\n${server.output}`)
      await sleep(50)
    }
    return server
  }

  /** The first administrator's registration code, from the link on the console. */
  get administratorCode(): string {
    const code = /#code=(vr-[a-z2-7]+)/.exec(this.output)?.[1]
    if (code === undefined) throw new Error(`no registration link was printed:\n${this.output}`)
    return code
  }

  /** SIGKILL to the server and its launcher. PostgreSQL is left running, as when a machine's memory runs out. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit')
    // The launcher and the server share a process group of their own; PostgreSQL is in another.
    process.kill(-this.#child.pid!, 'SIGKILL')
    await ended
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
    return this.#child.exitCode
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).status === 200
  } catch {
    return false // nobody listens yet
  }
}
