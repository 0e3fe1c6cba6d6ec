/** The processes of a server's PostgreSQL, for tests that kill or stop all of them. Linux: they are found by /proc. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './until.ts'

export class PostgresProcesses {
  readonly #folder: string

  /** @param folder its data folder */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Of the postmaster; 0 while there is none. */
  get postmaster(): number {
    try {
      return Number.parseInt(readFileSync(join(this.#folder, 'postmaster.pid'), 'utf8'), 10)
    } catch {
      return 0
    }
  }

  /** SIGKILL to the postmaster, so that it starts nothing any more, and then to all that it had started. */
  kill(): void {
    this.#signalAll('SIGKILL')
  }

  /** SIGSTOP to all of them; resolves when not one runs any more. */
  async pause(): Promise<void> {
    this.#signalAll('SIGSTOP')
    await until(() => this.#all().every((pid) => stateOf(pid) === 'T'))
  }

  resume(): void {
    this.#signalAll('SIGCONT')
  }

  #signalAll(signal: NodeJS.Signals): void {
    const all = this.#all()
    if (all.length < 2) throw new Error('PostgreSQL does not run')
    for (const pid of all) process.kill(pid, signal)
  }

  /** The postmaster first. */
  #all(): number[] {
    const { postmaster } = this
    const children = readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && parentOf(pid) === postmaster)
    return [postmaster, ...children]
  }
}

const stateOf = (pid: number) => statOf(pid)[0]
const parentOf = (pid: number) => Number(statOf(pid)[1])

/** Fields of proc(5) /proc/PID/stat from the state on; the name before it may hold spaces. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return [] // it has ended
  }
}
