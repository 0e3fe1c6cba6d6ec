/** A profile under a passphrase, with the commands as people call them; no server is needed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openProfile } from '@veche/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { Person } from './testing/person.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const FIRST = 'lantern on the olive harbour'
const SECOND = 'Рассада у старых ворот'

let person: Person
let file: string
beforeAll(async () => {
  person = await Person.create('anna')
  file = join(person.profile, '..', 'phrase')
})
afterAll(() => person[Symbol.asyncDispose]())

const reasonIn = (err: string) => JSON.parse(err.trim().split('\n').at(-1)!).error.reason

async function at(secrets: readonly string[], ...args: readonly string[]) {
  const terminal = person.terminal({ secrets })
  const code = await main(args, terminal)
  return { code, out: terminal.out, err: terminal.err, questions: terminal.questions }
}

async function withFile(text: string, ...args: readonly string[]) {
  await writeFile(file, text)
  const terminal = person.terminal({ env: { VECHE_PASSPHRASE_FILE: file } })
  return { code: await main([...args, '--json'], terminal), out: terminal.out, err: terminal.err }
}

describe('M16 the passphrase of a profile', () => {
  test('a profile has none at first, and nothing to change or take away', async () => {
    expect((await person.json('passphrase')).lines).toEqual([{ passphrase: 'none' }])
    expect((await person.say('ru', 'passphrase')).out).toBe(`${ru.says.passphraseIs.removed}\n`)
    for (const command of ['change', 'remove']) {
      const { code, err } = await person.json('passphrase', command)
      expect([code, reasonIn(err)]).toEqual([exitCode.wrongUse, 'passphrase_absent'])
    }
  })

  test('a weak, a mistyped or no passphrase changes nothing', async () => {
    for (const [secrets, words] of [
      [['short'], en.failures.weak_passphrase('').split(':')[0]!],
      [[FIRST, `${FIRST}!`], en.failures.passphrase_mismatch()],
      [[], en.failures.no_passphrase()],
    ] as const) {
      const { code, err } = await at(secrets, 'passphrase', 'set')
      expect(code).toBe(exitCode.wrongUse)
      expect(err).toContain(words)
    }
    const missing = await person.json('passphrase', 'set', '--new-file', `${file}.none`)
    expect(reasonIn(missing.err)).toBe('password_file')
    expect((await person.json('passphrase')).lines).toEqual([{ passphrase: 'none' }])
  })

  test('once set it is asked for, three times at most, and not where nobody can be asked', async () => {
    const set = await at([FIRST, FIRST], 'passphrase', 'set')
    expect(set).toMatchObject({ code: exitCode.done, out: `${en.says.passphraseIs.set}\n` })
    expect(set.questions).toEqual([en.prompts.newPassphrase, en.prompts.newPassphraseAgain])
    expect((await person.json('passphrase')).lines).toEqual([{ passphrase: 'set' }])
    const again = await person.json('passphrase', 'set')
    expect([again.code, reasonIn(again.err)]).toEqual([exitCode.wrongUse, 'passphrase_present'])

    const nobody = await person.json('whoami')
    expect([nobody.code, reasonIn(nobody.err)]).toEqual([exitCode.locked, 'passphrase_needed'])
    const mistyped = await at(['wrong', FIRST], 'whoami')
    expect(mistyped.err).toContain(en.says.passphraseWrong)
    expect(mistyped.err).toContain(en.failures.not_registered())
    const wrong = await at(['a', 'b', 'c', FIRST], 'whoami')
    expect(wrong.questions).toHaveLength(3)
    expect(wrong).toMatchObject({ code: exitCode.locked, out: '' })
    expect(wrong.err).toContain(en.failures.passphrase_wrong())
  })

  test('is read from the first line of a file', async () => {
    const opened = await withFile(`${FIRST}\nsecond line\n`, 'whoami')
    expect(reasonIn(opened.err)).toBe('not_registered')
    const wrong = await withFile('another one\n', 'whoami')
    expect([wrong.code, reasonIn(wrong.err)]).toEqual([exitCode.locked, 'passphrase_wrong'])
    const empty = await withFile('\n', 'whoami')
    expect([empty.code, reasonIn(empty.err)]).toEqual([exitCode.locked, 'passphrase_file'])
  })

  test('is not asked for where another process has the profile, nor changed there', async () => {
    const opened = await openProfile(person.profile, { passphrase: FIRST })
    if (opened.kind !== 'open') throw new Error('it does not open')
    expect(await openProfile(person.profile)).toEqual({ kind: 'busy' })
    const { code, err } = await withFile(FIRST, 'passphrase', 'remove')
    expect([code, reasonIn(err)]).toEqual([exitCode.profile, 'profile_held'])
    await opened.client.close()
  })

  test('is changed and taken away by whoever knows it', async () => {
    const wrong = await at(['wrong', SECOND, SECOND, 'wrong', 'wrong'], 'passphrase', 'change')
    expect(wrong.code).toBe(exitCode.locked)
    await writeFile(`${file}.new`, SECOND)
    const changed = await withFile(FIRST, 'passphrase', 'change', '--new-file', `${file}.new`)
    expect(changed).toEqual({ code: exitCode.done, out: '{"passphrase":"changed"}\n', err: '' })
    expect(reasonIn((await withFile(FIRST, 'whoami')).err)).toBe('passphrase_wrong')
    expect((await at(['wrong', SECOND], 'passphrase', 'remove')).out).toBe(
      `${en.says.passphraseIs.removed}\n`,
    )
    expect(reasonIn((await person.json('whoami')).err)).toBe('not_registered')
  })

  test('F15 a damaged key file is said to be damaged, not the passphrase wrong', async () => {
    await writeFile(join(person.profile, 'profile.key'), 'VECHEPK\u0001\u0002')
    for (const args of [['whoami'], ['passphrase'], ['passphrase', 'remove']]) {
      const { code, err } = await person.json(...args)
      expect([code, reasonIn(err)]).toEqual([exitCode.profile, 'profile_damaged'])
    }
  })
})
