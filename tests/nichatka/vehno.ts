/** The Django example with Nichatka in it, as its README starts it, for one file of tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningExample, startExample } from '../../examples/vehno/example.ts'
import { openDatabase } from '../../packages/service-kit/src/database/database.ts'
import { attachPostgres } from '../../packages/service-kit/src/postgres/attach-postgres.ts'

export class Vehno implements AsyncDisposable {
  readonly url: string
  readonly nichatkaUrl: string
  readonly password: string
  readonly #example: RunningExample
  readonly #resources: AsyncDisposableStack
  readonly #data: string
  #people = 0

  private constructor(example: RunningExample, data: string, resources: AsyncDisposableStack) {
    this.url = example.url
    this.nichatkaUrl = example.nichatkaUrl
    this.password = example.password
    this.#example = example
    this.#data = data
    this.#resources = resources
  }

  /** On ports that are free; everything is in a temporary folder. */
  static async start(): Promise<Vehno> {
    await using resources = new AsyncDisposableStack()
    const data = await mkdtemp(join(tmpdir(), 'veche-vehno-'))
    resources.defer(() => rm(data, { recursive: true, force: true }))
    const example = resources.use(await startExample({ data, port: 0, nichatkaPort: 0 }))
    return new Vehno(example, data, resources.move())
  }

  /** People of this test alone, with the password of all. @returns their user names, each with a number */
  async hire(...names: readonly string[]): Promise<string[]> {
    const hired = names.map((name) => `${name}-${++this.#people}`)
    await using postgres = await attachPostgres(join(this.#data, 'nichatka'))
    await using database = openDatabase({ url: postgres!.address.url, schema: 'vehno', maxConnections: 1 })
    await database.query(
      `INSERT INTO vehno.auth_user (username, password, is_superuser, first_name, last_name, email, is_staff,
         is_active, date_joined)
       SELECT hired, password, false, '', '', '', false, true, now()
       FROM vehno.auth_user, unnest($1::text[]) AS hired WHERE username = 'gleb'`,
      [hired],
    )
    return hired
  }

  /** Nichatka is gone at once, and Vehno stays. */
  killNichatka(): void {
    process.kill(this.#example.pids[1]!, 'SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }
}
