import { DecodeError } from '@veche/protocol'
import { ConfigError, MasterKeyError, MissingMasterKeyError, PostgresError } from '@veche/service-kit'
import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { toServerConfig } from './server-config.ts'
import { chooseWords } from './words.ts'

const config = toServerConfig(new Map([['VECHE_DATA', '/srv/veche']]), [])
const systemError = (code: string, syscall = 'open') =>
  Object.assign(new Error(`${code}: secret`), { code, syscall })

describe.each(['en_US.UTF-8', 'ru_RU.UTF-8'])('in the language of %s', (locale) => {
  const words = chooseWords({ LANG: locale })

  test('what is in the way is named', () => {
    expect(explain(words, config, systemError('EADDRINUSE', 'listen'))).toBe(
      words.portBusy('127.0.0.1', 8480),
    )
    expect(explain(words, config, systemError('EACCES', 'listen'))).toBe(
      words.portForbidden('127.0.0.1', 8480),
    )
    for (const code of ['EACCES', 'ENOSPC', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST']) {
      expect(explain(words, config, systemError(code))).toBe(words.dataFolder('/srv/veche'))
    }
    for (const code of ['ECONNREFUSED', '28P01', '3D000']) {
      expect(explain(words, config, systemError(code))).toBe(words.noDatabase)
    }
  })

  test('what nobody foresaw is told by its class and code alone', () => {
    const texts = [systemError('EIO'), new Error('secret'), 'secret', undefined].map((error) =>
      explain(words, config, error),
    )
    expect(texts).toEqual([
      `${words.failed} (Error: EIO)`,
      `${words.failed} (Error: )`,
      words.failed,
      words.failed,
    ])
    expect(explain(words, undefined, systemError('EACCES'))).toBe(words.failed)
  })
})

test('errors that were written for people are passed on', () => {
  const words = chooseWords({})
  expect(explain(words, undefined, new ConfigError(['one', 'two']))).toBe('one\ntwo')
  expect(explain(words, config, new PostgresError('in_use', 'taken'))).toBe('taken')
  expect(explain(words, config, new MasterKeyError('no key'))).toContain('no key')
  expect(explain(words, config, new MissingMasterKeyError('00ff'))).toMatch(
    /00ff.*\/srv\/veche\/keys\/master.key/,
  )
  expect(explain(words, config, new DecodeError('not authentic'))).toContain('/srv/veche/keys/master.key')
})

test('the language is that of VECHE_LANG, then of the locale', () => {
  expect(chooseWords({ VECHE_LANG: 'ru', LC_ALL: 'en_US' }).stopped).toBe('Остановлено.')
  expect(chooseWords({ LC_ALL: '', LANG: 'ru_RU.UTF-8' }).stopped).toBe('Остановлено.')
  expect(chooseWords({ LC_ALL: 'C', LANG: 'ru_RU.UTF-8' }).stopped).toBe('Stopped.')
})
