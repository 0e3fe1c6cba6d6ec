import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from './config-error.ts'
import { describeSettings } from './describe-settings.ts'
import { readEnv } from './read-env.ts'
import { booleanSetting, choiceSetting, integerSetting, pathSetting, textSetting } from './setting.ts'
import { toConfig } from './to-config.ts'

const spec = {
  port: integerSetting({
    env: 'VECHE_PORT',
    default: 8480,
    min: 0,
    max: 65_535,
    unit: 'port',
    description: 'Where.',
  }),
  proxy: booleanSetting({ env: 'VECHE_BEHIND_PROXY', default: false, description: 'Behind a proxy.' }),
  registration: choiceSetting({
    env: 'VECHE_REGISTRATION',
    default: 'invite',
    choices: ['open', 'invite', 'closed'],
    description: 'Who may register.',
  }),
  data: pathSetting({ env: 'VECHE_DATA', default: './data', description: 'The data folder.' }),
  url: textSetting({ env: 'DATABASE_URL', default: undefined, description: 'PostgreSQL.' }),
}
const settings = Object.values(spec)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-config-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('toConfig', () => {
  test('without anything written every option has its default', () => {
    const defaults = { port: 8480, proxy: false, registration: 'invite', data: './data', url: undefined }
    expect(toConfig(spec)).toEqual(defaults)
  })

  test('what is written is taken', () => {
    const raw = {
      VECHE_PORT: '0',
      VECHE_BEHIND_PROXY: '1',
      VECHE_REGISTRATION: 'open',
      DATABASE_URL: 'postgresql:///x',
    }
    const config = toConfig(spec, new Map(Object.entries(raw)))
    expect(config).toEqual({
      port: 0,
      proxy: true,
      registration: 'open',
      data: './data',
      url: 'postgresql:///x',
    })
  })

  test.each([
    ['VECHE_PORT', '65536'],
    ['VECHE_PORT', '80.5'],
    ['VECHE_PORT', ''],
    ['VECHE_PORT', '1e3'],
    ['VECHE_BEHIND_PROXY', 'yes'],
    ['VECHE_REGISTRATION', 'constructor'],
    ['DATABASE_URL', 'x'.repeat(2001)],
  ])('%s=%s is refused without repeating it', (name, text) => {
    const attempt = () => toConfig(spec, new Map([[name, text]]))
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(new RegExp(`^${name} must be`))
  })

  test('all problems are told at once', () => {
    const raw = new Map([
      ['VECHE_PORT', 'x'],
      ['VECHE_REGISTRATION', 'x'],
    ])
    expect(() => toConfig(spec, raw)).toThrow(/VECHE_PORT.*\n.*VECHE_REGISTRATION/)
  })
})

describe('readEnv', () => {
  test('reads veche.toml in the data folder; the environment wins', async () => {
    await writeFile(
      join(folder, 'veche.toml'),
      'port = 9000\nbehind_proxy = true\ndatabase_url = "postgresql:///x"\n',
    )
    const raw = await readEnv({ env: { VECHE_DATA: folder, VECHE_PORT: '7000' }, settings })
    expect(Object.fromEntries(raw)).toEqual({
      VECHE_PORT: '7000',
      VECHE_BEHIND_PROXY: 'true',
      DATABASE_URL: 'postgresql:///x',
      VECHE_DATA: folder,
    })
    expect(toConfig(spec, raw)).toMatchObject({ port: 7000, proxy: true })
  })

  test('an empty variable is as one that is not set', async () => {
    const raw = await readEnv({ env: { VECHE_DATA: folder, VECHE_PORT: '' }, settings })
    expect(raw.has('VECHE_PORT')).toBe(false)
  })

  test('unknown keys are refused, in the file and in the environment, by name', async () => {
    await writeFile(join(folder, 'veche.toml'), 'prot = 9000\n[port]\nx = 1\n')
    const env = { VECHE_DATA: folder, VECHE_PROT: 'secret', VECHE_SEED: '1', HOME: '/' }
    const error = await readEnv({ env, settings, foreign: ['VECHE_SEED'] }).catch((reason) => reason)
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.problems).toEqual([
      'VECHE_PROT: there is no such option',
      `${folder}/veche.toml: prot: there is no such option`,
      `${folder}/veche.toml: port: must be one value`,
    ])
  })

  test('a file named by VECHE_CONFIG must exist and be TOML of a bounded size', async () => {
    const named = join(folder, 'other.toml')
    const read = () => readEnv({ env: { VECHE_DATA: folder, VECHE_CONFIG: named }, settings })
    await expect(read()).rejects.toThrow('cannot be read')
    await writeFile(named, 'port = ')
    await expect(read()).rejects.toThrow('is not TOML')
    await writeFile(named, `# ${'x'.repeat(70_000)}`)
    await expect(read()).rejects.toThrow('larger than')
    await writeFile(named, 'port = 1')
    expect((await read()).get('VECHE_PORT')).toBe('1')
  })
})

test('every option is described with its default, unit or choices', () => {
  const text = describeSettings(settings)
  expect(text).toMatch(/VECHE_PORT=<port> +port; default: 8480/)
  expect(text).toMatch(/VECHE_REGISTRATION=<open\|invite\|closed> +registration; default: invite/)
  expect(text).toMatch(/DATABASE_URL=<text> +database_url; default: none\n +PostgreSQL\./)
})
