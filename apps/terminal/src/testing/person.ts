/** Somebody with a profile who runs commands in this process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExitCode } from '../exit-code.ts'
import { main } from '../main.ts'
import { TestTerminal, type TestTerminalOptions } from './test-terminal.ts'

export interface Outcome {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
  /** What was printed with --json. */
  readonly lines: readonly Record<string, unknown>[]
}

export class Person implements AsyncDisposable {
  readonly handle: string
  readonly profile: string
  readonly passwordFile: string
  readonly #folder: string

  private constructor(handle: string, folder: string) {
    this.handle = handle
    this.#folder = folder
    this.profile = join(folder, 'profile')
    this.passwordFile = join(folder, 'password')
  }

  static async create(handle: string): Promise<Person> {
    const folder = await mkdtemp(join(tmpdir(), 'veche-'))
    const person = new Person(handle, folder)
    await writeFile(person.passwordFile, `the password of ${handle}\n`)
    return person
  }

  /** Runs `veche ARGS… --json` on the profile. */
  async json(...args: readonly string[]): Promise<Outcome> {
    const terminal = this.terminal()
    const code = await main([...args, '--json'], terminal)
    const { out, err, lines } = terminal
    return { code, out, err, lines }
  }

  /** Runs `veche ARGS…` for a reader of `language`. */
  async say(language: string, ...args: readonly string[]): Promise<Outcome> {
    const terminal = this.terminal({ env: { VECHE_LANG: language } })
    const code = await main(args, terminal)
    const { out, err } = terminal
    return { code, out, err, lines: [] }
  }

  /** A terminal of this person's, whose profile is told by the environment. */
  terminal({ env = {}, ...options }: TestTerminalOptions = {}): TestTerminal {
    return new TestTerminal({ ...options, env: { VECHE_PROFILE: this.profile, ...env } })
  }

  /** Registers, with a name that is the handle in capitals. */
  register(server: string, ...more: readonly string[]): Promise<Outcome> {
    const { handle, passwordFile } = this
    const who = ['--handle', handle, '--name', handle.toUpperCase(), '--password-file', passwordFile]
    return this.json('register', '--server', server, ...who, ...more)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }
}

/** Bob asks and Alice allows, so that they have a private chat; Bob has not heard of it yet. */
export async function openChat(alice: Person, bob: Person): Promise<void> {
  await bob.json('request', `@${alice.handle}`)
  await alice.json('requests', 'allow', `@${bob.handle}`)
}
