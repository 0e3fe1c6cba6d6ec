import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CODE_PREFIXES } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSheet, sheetText } from './recovery-sheet.ts'
import { width } from './text-width.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const sheet = {
  server: 'https://veche.example',
  handle: 'alice',
  words: 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
}
const code = `${CODE_PREFIXES.recovery}1:${'00'.repeat(16)}:alice@https://veche.example`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a sheet is one page: what it is for, whose it is, the words, and the code', () => {
  for (const words of [en, ru]) {
    const lines = sheetText(sheet, words).split('\n')
    expect(lines.length).toBeLessThan(60)
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80)
    expect(lines).toContain('   9 abandon  10 abandon  11 abandon  12 about')
    expect(lines.filter((line) => /^ {4}█▀▀▀▀▀█.*█▀▀▀▀▀█ {4}$/.test(line))).toHaveLength(1)
    expect(lines.at(-2)).toBe(code)
    for (const part of [words.labels.handle, '@alice', sheet.server]) expect(lines.join('\n')).toContain(part)
    expect(lines.join('\n')).toContain(words.says.recovery)
  }
})

test('it is read again from the file, also after it went through an editor', async () => {
  const path = join(folder, 'sheet')
  for (const text of [sheetText(sheet, en), sheetText(sheet, ru).replaceAll('\n', '\r\n'), `  ${code}  `]) {
    await writeFile(path, text)
    expect(await readSheet(path)).toMatchObject(sheet)
  }
})

test('what is no sheet is refused', async () => {
  const path = join(folder, 'other')
  const refused = expect.objectContaining({ reason: 'sheet_unreadable', subject: path })
  for (const text of [
    '',
    sheet.words,
    code.slice(0, -30),
    `${code} `.repeat(30_000),
    'vr-abc',
    '\0'.repeat(9),
  ]) {
    await writeFile(path, text)
    await expect(readSheet(path)).rejects.toEqual(refused)
  }
  await rm(path)
  await expect(readSheet(path)).rejects.toEqual(refused)
  await expect(readSheet(folder)).rejects.toMatchObject({ reason: 'sheet_unreadable' })
  expect((await stat(folder)).isDirectory()).toBe(true)
})
