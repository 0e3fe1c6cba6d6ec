import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyRing, maxRingKeys, silentLogger } from '@veche/service-kit'
import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../server.ts'
import { toServerConfig } from '../server-config.ts'
import { services } from '../services.ts'
import { OperatorKeys, operatorProblem } from './operator-keys.ts'

let folder: string
let file: string
let database: TestDatabase
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'veche-keys-'))
  file = join(folder, 'brought.key')
  env = { VECHE_DATA: folder, VECHE_MASTER_KEY_FILE: file, DATABASE_URL: database.address.url }
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function start(): Promise<RunningServer> {
  const raw = new Map(Object.entries({ ...env, VECHE_PORT: '0' }))
  raw.delete('DATABASE_URL')
  const config = toServerConfig(raw, services)
  return startServer(config, { services, log: silentLogger, database: database.address })
}

async function operator<T>(work: (keys: OperatorKeys) => Promise<T>): Promise<T> {
  await using keys = await OperatorKeys.open(env)
  return await work(keys!)
}

const ringInFile = async () => KeyRing.decode(await readFile(file, 'utf8'))

test('F27 with an operator’s own key file and PostgreSQL: a rotation waits for the server, and ends with the old key gone', async () => {
  expect(await OperatorKeys.open(env)).toBeUndefined()
  await (await start()).stop()
  const [first] = (await ringInFile()).keys
  expect(await operator((keys) => keys.rotate({ data: true }))).toMatchObject({ kind: 'rotated' })
  const { current } = await ringInFile()
  expect(await operator((keys) => keys.report())).toMatchObject({
    file,
    masterKeys: [
      { id: current.id, current: true, inFile: true, dataKeys: 0 },
      { id: first!.id, current: false, inFile: true },
    ],
    toReplace: 1,
  })
  expect(await operator((keys) => keys.retire())).toMatchObject({ kind: 'in_use' })
  expect((await ringInFile()).keys).toHaveLength(2)

  await using server = await start()
  expect(server.url).toMatch(/^http/)
  const left = async () => {
    const { toRewrap, toReplace } = await operator((keys) => keys.report())
    return toRewrap + toReplace
  }
  await expect.poll(left, { timeout: 50_000 }).toBe(0)
  expect(await operator((keys) => keys.retire())).toEqual({ kind: 'retired', retired: [first!.id] })
  expect((await ringInFile()).keys).toEqual([current])
  expect(await operator((keys) => keys.retire())).toEqual({ kind: 'retired', retired: [] })
})

test('the file takes no more keys than a server reads', async () => {
  for (let keys = (await ringInFile()).keys.length; keys < maxRingKeys; keys++) {
    expect(await operator((own) => own.rotate({ data: false }))).toMatchObject({ kind: 'rotated' })
  }
  expect(await operator((keys) => keys.rotate({ data: false }))).toEqual({ kind: 'too_many_keys' })
  await (await start()).stop()
})

test('a key that the file has not is shown, and nothing is retired', async () => {
  const text = await readFile(file, 'utf8')
  await rm(file)
  const problem = operatorProblem(await operator((keys) => keys.report()).catch((error: unknown) => error))
  expect(problem).toEqual({ reason: 'key_file', detail: 'the master key file is missing' })
  expect(text).toHaveLength(maxRingKeys * 65)
})
