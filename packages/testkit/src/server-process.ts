/**
 * `veche serve` as a process of its own, as an operator runs it: for tests that kill it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const VECHE = fileURLToPath(new URL('../../../bin/veche', import.meta.url))
export const SLOW_READER = fileURLToPath(new URL('./slow-reader.ts', import.meta.url))
export const CHATTER = fileURLToPath(new URL('./chatter.ts', import.meta.url))

export interface ServerSettings {
  readonly data: string
  readonly port: number
  /** What follows `serve` on its command line. */
  readonly args?: readonly string[]
  /** Further VECHE_* variables. */
  readonly env?: Readonly<Record<string, string>>
  /** A command line that runs the rest of itself, such as `unshare`. */
  readonly prefix?: readonly string[]
}

export class ServerProcess {
  readonly url: string
  /** All that it has printed, console and log. */
  output = ''
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, { port }: ServerSettings) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}`
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
    const [command, ...rest] = [
      ...(settings.prefix ?? []),
      process.execPath,
      VECHE,
      'serve',
      ...(settings.args ?? []),
    ]
    const child = spawn(command!, rest, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const server = new ServerProcess(child, settings)
    while (!(await isReady(server.url))) {
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}:\n${server.output}`)
      await sleep(50)
    }
    return server
  }

  get pid(): number {
    return this.#child.pid!
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
    process.kill(-this.pid, 'SIGKILL')
    await ended
  }

  /** SIGSTOP to the server and its launcher: they are there, and do nothing. */
  pause(): void {
    process.kill(-this.pid, 'SIGSTOP')
  }

  resume(): void {
    process.kill(-this.pid, 'SIGCONT')
  }

  /** The resident memory of the server and its launcher, without PostgreSQL; MiB. */
  get residentMib(): number {
    const pages = readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && groupOf(pid) === this.pid)
      .map((pid) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]))
    return pages.reduce((sum, each) => sum + each, 0) / PAGES_PER_MIB
  }

  /** Whether `/health` answers 200. */
  isReady(): Promise<boolean> {
    return isReady(this.url)
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

const PAGES_PER_MIB = 256

/** The process group, from proc(5); 0 for a process that has ended. */
function groupOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    return 0
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
