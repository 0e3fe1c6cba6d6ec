/**
 * A server of its own as a process, in a folder of its own, and people who run commands in this process. All of it ends
 * with the server, so that `await using`, or one `afterAll`, puts everything away.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServerProcess, type ServerSettings } from '@veche/testkit'
import { Person } from './person.ts'

export class TestServer implements AsyncDisposable {
  /** For the files of a test, too. */
  readonly folder: string
  readonly #settings: ServerSettings
  readonly #resources: AsyncDisposableStack
  #process: ServerProcess
  #administrator: Person | undefined

  /** @param env further VECHE_* variables of the server */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
    await using resources = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'veche-'))
    resources.defer(() => rm(folder, { recursive: true, force: true }))
    const settings = { data: join(folder, 'data'), port: await freePort(), env }
    const process = await ServerProcess.start(settings)
    return new TestServer(folder, settings, process, resources.move())
  }

  private constructor(
    folder: string,
    settings: ServerSettings,
    process: ServerProcess,
    resources: AsyncDisposableStack,
  ) {
    this.folder = folder
    this.#settings = settings
    this.#process = process
    this.#resources = resources
    resources.defer(() => this.stop())
  }

  get url(): string {
    return this.#process.url
  }

  /** The registration code of the first administrator. */
  get administratorCode(): string {
    return this.#process.administratorCode
  }

  /** Somebody with a profile and no account yet. */
  async person(handle: string): Promise<Person> {
    return this.#resources.use(await Person.create(handle))
  }

  /** People with accounts, in this order: the first of all is the administrator, who invites the others. */
  async welcome<Handles extends readonly string[]>(
    ...handles: Handles
  ): Promise<{ [Place in keyof Handles]: Person }> {
    const people = await Promise.all(handles.map((handle) => this.person(handle)))
    const guests = this.#administrator ? people : people.slice(1)
    if (!this.#administrator) await people[0]!.register(this.url, '--invite', this.administratorCode)
    this.#administrator ??= people[0]!
    if (guests.length > 0) await this.#invite(this.#administrator, guests)
    return people as { [Place in keyof Handles]: Person }
  }

  async #invite(administrator: Person, guests: readonly Person[]): Promise<void> {
    const { lines } = await administrator.json('admin', 'invite', 'create', '--uses', String(guests.length))
    for (const guest of guests) await guest.register(this.url, '--invite', String(lines[0]!.code))
  }

  /** Stops it; its data stay. */
  async stop(): Promise<void> {
    await this.#process.stop()
  }

  /** Starts it again where it was, on what it had stored. */
  async startAgain(): Promise<void> {
    this.#process = await ServerProcess.start(this.#settings)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync()
  }
}
