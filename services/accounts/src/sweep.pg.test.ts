import { randomBytes } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import { createLogger } from '@veche/service-kit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { dayOf } from './day.ts'
import { startSweeping, sweep } from './sweep.ts'
import { accessToken, logIn, newKeyPackages, newPerson, register } from './testing/person.ts'
import { startTestService, type TestService } from './testing/test-service.ts'

const DAY_MS = 86_400_000
let service: TestService
beforeAll(async () => {
  service = await startTestService({ registration: 'open' })
})
afterAll(() => service[Symbol.asyncDispose]())

const count = async (table: string) => (await service.database.query(`SELECT 1 FROM ${table}`)).rowCount

test('what has ended is forgotten, and nothing before', async () => {
  const { database, clock } = service
  const alice = await newPerson('alice')
  await register(service, alice)
  const { accounts } = service.as(await accessToken(service, alice))
  await accounts.uploadKeyPackages({ keyPackages: await newKeyPackages(alice.device, 2, clock.nowMs()) })
  await logIn(service.as(), 'alice', alice.password)
  await service.internal.ensureAdministratorCode({})
  const nowMs = clock.nowMs()
  const ends = new Date(nowMs + 600_000)
  await database.query('INSERT INTO key_package_claim VALUES ($1, $2, $3)', [
    randomBytes(16),
    randomBytes(9),
    ends,
  ])
  await database.query('INSERT INTO spent_key_package VALUES ($1, $2)', [randomBytes(32), dayOf(nowMs) + 1])

  const kept = async () => ({
    claims: await count('key_package_claim'),
    guesses: await count('login_guess'),
    spent: await count('spent_key_package'),
    codes: await count('registration_code'),
    packages: await count('key_package'),
  })
  await sweep(service)
  expect(await kept()).toEqual({ claims: 1, guesses: 1, spent: 1, codes: 1, packages: 2 })
  clock.advance(600_000)
  await sweep(service)
  expect(await kept()).toEqual({ claims: 0, guesses: 0, spent: 1, codes: 1, packages: 2 })
  clock.advance(8 * DAY_MS)
  await sweep(service)
  expect(await kept()).toEqual({ claims: 0, guesses: 0, spent: 0, codes: 0, packages: 2 })
  clock.advance(90 * DAY_MS)
  await sweep(service)
  expect(await kept()).toEqual({ claims: 0, guesses: 0, spent: 0, codes: 0, packages: 0 })
  expect(
    (
      await database.query('SELECT 1 FROM account WHERE account_id = $1', [
        AccountId.toBytes(alice.accountId),
      ])
    ).rowCount,
  ).toBe(1)
})

test('a sweep that fails is logged, and the next one goes on', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const lines: string[] = []
    const log = createLogger({ level: 'warn', write: (line) => void lines.push(line) })
    let runs = 0
    const broken = {
      ...service,
      database: { ...service.database, query: async () => Promise.reject(new Error(`${++runs}`)) },
    }
    const sweeping = startSweeping(broken, log)
    vi.advanceTimersByTime(600_000)
    vi.advanceTimersByTime(600_000)
    await sweeping.stop()
    expect(runs).toBe(2)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('sweep_failed')
    vi.advanceTimersByTime(600_000)
    expect(runs).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})
