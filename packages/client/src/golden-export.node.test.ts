/** F28: the exported file of every earlier form opens. Each was made once and is never made again. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExportedFile, type HistoryEntry } from '@veche/history'
import { argon2id } from '@veche/history/node'
import { expect, test } from 'vitest'
import { GOLDEN_CHATS, GOLDEN_PASSPHRASE, goldenEntries } from '../test/golden-export.ts'
import { isOfAccount } from './history-files.ts'

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url))
const files = readdirSync(GOLDEN)

test('F28 there are golden files', () => expect(files).toContain('v1.history'))

test.each(files)('F28 M16 %s opens, is whole, and was written by a device of its account', async (name) => {
  const bytes = new Uint8Array(readFileSync(`${GOLDEN}/${name}`))
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
  const source = { size: bytes.length, read }
  expect(await ExportedFile.open(source, 'another passphrase', argon2id)).toBeUndefined()
  const file = (await ExportedFile.open(source, GOLDEN_PASSPHRASE, argon2id))!
  const verified = await file.verify()
  expect(verified).toMatchObject({ messages: 301, chats: [{ messages: 300 }, { messages: 1, name: 'Боб' }] })
  expect(await isOfAccount(verified, verified.accountId)).toBe(true)
  for (const [index, chatId] of GOLDEN_CHATS.entries()) {
    const entries: HistoryEntry[] = []
    for await (const entry of file.messages(verified.chats[index]!)) entries.push(entry)
    expect(entries).toEqual(goldenEntries(chatId))
  }
})
