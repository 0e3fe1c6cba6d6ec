/**
 * Processes that live as long as the one who started them, and no longer: each in a group of its own, so that a Ctrl-C at the
 * terminal reaches only the starter, which ends them in order; and each at a channel that closes when the starter is
 * killed, at which it ends by itself.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const keptOutputChars = 20_000
const stopTimeoutMs = 15_000

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** What a process printed that ended otherwise than it should. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError'
  readonly exitCode: number | null

  constructor(what: string, exitCode: number | null, output: string) {
    super(`${what}: ${output.trim() || `exit code ${exitCode}`}`)
    this.exitCode = exitCode
  }
}

/** Runs to its end; resolves with what it printed. @throws ProcessError */
export async function run(command: Command): Promise<string> {
  const { child, output } = spawned(command, { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child, 'close') // rejects where there is no such program
  if (child.exitCode !== 0) throw new ProcessError(command.args.join(' '), child.exitCode, output())
  return output()
}

export class LongProcess {
  readonly #child: ChildProcess
  readonly #output: () => string
  readonly #end: (child: ChildProcess) => void
  /** Resolves when it ends, whoever wanted it. */
  readonly ended: Promise<void>

  /** @param channel what closes with this process: its standard input, or Node's own channel */
  constructor(command: Command, channel: 'stdin' | 'ipc') {
    const stdio: SpawnOptions['stdio'] =
      channel === 'stdin' ? ['pipe', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'ipc']
    const { child, output } = spawned(command, { stdio, detached: true })
    this.#child = child
    this.#output = output
    this.#end = channel === 'stdin' ? (each) => each.stdin?.end() : (each) => void each.kill('SIGTERM')
    this.ended = once(child, 'close').then(() => {})
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Resolves once `url` answers 200. @throws ProcessError when the process ends before */
  async answers(what: string, url: string): Promise<void> {
    while (!(await isThere(url))) {
      if (this.#hasEnded) throw new ProcessError(what, this.#child.exitCode, this.#output())
      await sleep(50)
    }
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return
    this.#end(this.#child)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs)
    await this.ended
    clearTimeout(timer)
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}

function spawned(
  { program, args, cwd, env }: Command,
  options: SpawnOptions,
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(program, args, { ...options, cwd, env })
  let text = ''
  const keep = (chunk: Buffer) => {
    text = `${text}${chunk}`.slice(-keptOutputChars)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return { child, output: () => text }
}

async function isThere(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status === 200
  } catch {
    return false // nobody listens yet
  }
}
