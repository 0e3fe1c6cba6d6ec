import { beforeEach, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { Output } from './output.ts'
import { qrText } from './qr-text.ts'
import { TestTerminal } from './testing/test-terminal.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

let terminal: TestTerminal

beforeEach(() => {
  terminal = new TestTerminal()
})

test('C12 people get text, programs get JSON, and neither gets control characters', async () => {
  const attack = 'a\u001b[2J\u009b2K\u202eb'
  await new Output(terminal, en, false).show({ text: attack }, attack)
  expect(terminal.out).toBe('a[2J2Kb\n')
  terminal = new TestTerminal()
  await new Output(terminal, en, true).show({ text: attack }, attack)
  expect(terminal.out).toBe('{"text":"a\\u001b[2J\\u009b2K\\u202eb"}\n')
  expect(terminal.lines).toEqual([{ text: attack }])
})

test('a list is a line for each to programs, and one text to people', async () => {
  await new Output(terminal, en, true).showList([{ a: 1 }, { a: 2 }], 'one and two')
  expect(terminal.lines).toEqual([{ a: 1 }, { a: 2 }])
  terminal = new TestTerminal()
  await new Output(terminal, en, true).showList([], 'nothing yet')
  expect(terminal.out).toBe('')
  await new Output(terminal, en, false).showList([], 'nothing yet')
  expect(terminal.out).toBe('nothing yet\n')
})

test('failures go to standard error, in words or with their reason', () => {
  const failure = new Failure('device_limit', exitCode.refused, '', { account: 'x' })
  new Output(terminal, ru, false).fail(failure)
  expect(terminal.err).toBe(`${ru.failures.device_limit()}\n`)
  terminal = new TestTerminal()
  new Output(terminal, ru, true).fail(failure)
  expect(JSON.parse(terminal.err)).toEqual({
    error: { reason: 'device_limit', message: ru.failures.device_limit(), account: 'x' },
  })
  expect(terminal.out).toBe('')
})

test('C12 what a failure is about is cleaned too', () => {
  new Output(terminal, en, false).fail(wrongUse('unknown_command', '\u001b]0;title\u0007'))
  expect(terminal.err).toBe('There is no command ]0;title.\n')
})

test('a reason that this version does not know is told as it is', () => {
  for (const reason of ['too_cold', 'constructor', '__proto__']) {
    terminal = new TestTerminal()
    new Output(terminal, en, false).fail(new Failure(reason, exitCode.refused))
    expect(terminal.err).toBe(`The server refused: ${reason}.\n`)
  }
})

test('remarks stand beside the result; programs get those with fields', () => {
  const forPrograms = new Output(terminal, en, true)
  forPrograms.remark('by the way')
  expect(terminal.err).toBe('')
  forPrograms.remark('connected', { type: 'connection', state: 'connected' })
  expect(terminal.err).toBe('{"type":"connection","state":"connected"}\n')
  terminal = new TestTerminal()
  new Output(terminal, en, false).remark('by the way', { some: 'field' })
  expect(terminal.err).toBe('by the way\n')
  expect(terminal.out).toBe('')
})

test('codes to scan stand among the text for people, and in nothing for programs', async () => {
  const qr = { qr: 'veche' }
  await new Output(terminal, en, false).show({}, ['before \u001b[2J', qr, 'after'])
  expect(terminal.out).toBe(`before [2J\n\n${qrText(qr, terminal)}\n\nafter\n`)
  terminal = new TestTerminal()
  await new Output(terminal, en, false).show({}, ['before', { qr: 'x'.repeat(1000) }, 'after'])
  expect(terminal.out).toBe('before\n\nafter\n')
  terminal = new TestTerminal()
  await new Output(terminal, en, true).show({ code: 'veche' }, ['before', qr])
  expect(terminal.out).toBe('{"code":"veche"}\n')
})
