/** The whole service behind a real listener: real PostgreSQL, a real file of hosts, the clock in the test's hands. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createLogger,
  type Database,
  HttpListener,
  ManualClock,
  MemoryBus,
  MemoryRateLimiter,
  Sealing,
  type ServiceContext,
  systemRandomness,
} from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { changeHosts } from '../hosts/change-hosts.ts'
import { nichatka } from '../index.ts'
import { ed25519System, hmacSystem, signToken, type TestSystem } from './sign-token.ts'
import { TestUser } from './test-user.ts'

export interface TestService extends AsyncDisposable {
  readonly url: string
  readonly clock: ManualClock
  readonly database: Database
  /** Takes changes by GET. */
  readonly vehno: TestSystem
  /** Does not; signs by Ed25519. */
  readonly sklad: TestSystem
  /** Every line that was logged. */
  readonly logged: readonly string[]
  /** A user of vehno, unless said otherwise, with a good token. */
  user(nickname: string, system?: TestSystem): TestUser
}

/** @param rate 0, no limit, by default */
export async function startTestService({ rate = 0 } = {}): Promise<TestService> {
  await using resources = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'nichatka-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const vehno = hmacSystem('vehno', { origins: ['https://vehno.example'], allowsGetChanges: true })
  const sklad = ed25519System('sklad', { origins: ['https://sklad.example'], allowsGetChanges: false })
  await changeHosts(join(folder, 'nichatka', 'hosts.json'), (hosts) => {
    for (const { name, key, origins, allowsGetChanges } of [vehno, sklad]) {
      hosts.set(name, { name, key, origins, allowsGetChanges })
    }
  })
  const postgres = resources.use(await testDatabase())
  const database = await postgres.open('nichatka', nichatka.migrations)
  const clock = new ManualClock()
  const logged: string[] = []
  const context: ServiceContext<typeof nichatka.settings> = {
    database,
    clock,
    log: createLogger({ level: 'debug', write: (line) => void logged.push(line) }),
    sealing: new Sealing(new Uint8Array(32).fill(7)),
    bus: new MemoryBus(),
    limiter: new MemoryRateLimiter(clock),
    randomness: systemRandomness,
    settings: { hosts: undefined, rate },
    publicUrl: 'https://veche.example',
    dataFolder: folder,
    client: () => {
      throw new TypeError('it needs no other service')
    },
  }
  const service = await nichatka.create(context)
  resources.defer(() => service.stop())
  const listener = resources.use(
    await HttpListener.open({
      host: '127.0.0.1',
      port: 0,
      handler(request, response) {
        if (!service.handle?.(request, response, 'somewhere')) response.destroy()
      },
    }),
  )
  const url = `http://127.0.0.1:${listener.port}`
  const owned = resources.move()
  return {
    url,
    clock,
    database,
    vehno,
    sklad,
    logged,
    user: (nickname, system = vehno) =>
      new TestUser(url, nickname, () => signToken(system, nickname, clock.nowMs())),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
