/** F28: what an earlier release wrote opens. Each golden profile was made once and is never made again. */
import { readdirSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { utf8 } from '@veche/protocol'
import { describe, expect, it } from 'vitest'
import { CHAT, ERASED_CHAT, entriesAt, entryAt, GOLDEN_PASSPHRASE, PROFILE_KEY } from '../test/material.ts'
import { NodeFiles } from './files.node.ts'
import { HistoryLog } from './history-log.ts'
import { Journal } from './journal.ts'
import { KnownIds } from './known-ids.ts'
import { unlockProfileKey } from './profile-key.node.ts'

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url))
const versions = readdirSync(GOLDEN)

it('F28: there are golden profiles', () =>
  expect(versions).toEqual(expect.arrayContaining(['v1', 'v2', 'v3', 'v4'])))

describe.each(versions)('F28: the golden profile %s', (version) => {
  it('opens, is whole, and can be written on', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'veche-golden-'))
    await cp(join(GOLDEN, version), dir, { recursive: true })
    const files = new NodeFiles(dir)
    const unlocked = await unlockProfileKey(dir, { passphrase: GOLDEN_PASSPHRASE })
    const profileKey = unlocked.kind === 'unlocked' ? unlocked.key : PROFILE_KEY

    const blank = await Journal.open(files, 'blank', profileKey)
    expect([blank.snapshot, blank.records]).toEqual([undefined, [utf8('only a record')]])
    const journal = await Journal.open(files, 'device', profileKey)
    expect(journal.snapshot).toEqual(utf8('snapshot'))
    expect(journal.records).toEqual([utf8('first'), utf8(''), utf8('third')])
    await journal.append(utf8('fourth'))
    expect((await Journal.open(files, 'device', profileKey)).size).toBe(4)

    const log = await HistoryLog.open(files, CHAT, profileKey)
    await log.verify()
    expect(log.damage).toEqual([])
    expect(await log.last(2_000)).toEqual(entriesAt(1, 1_026))
    const index = await files.read(`history/${CHAT}/000001.index`)
    for await (const entry of log.search('message 777')) expect(entry).toEqual(entryAt(777))
    // The first version had no indexes; a later one's is used as it is.
    if (version !== 'v1') expect(await files.read(`history/${CHAT}/000001.index`)).toEqual(index)
    await log.append(entriesAt(1_020, 1_027))
    expect(await (await HistoryLog.open(files, CHAT, profileKey)).last(1)).toEqual([entryAt(1_027)])

    // What the first two versions could not erase.
    if (!['v1', 'v2'].includes(version)) {
      const left = await HistoryLog.open(files, ERASED_CHAT, profileKey, 2)
      expect(await left.last(9)).toEqual(entriesAt(41, 43))
      const known = await KnownIds.open(files, ERASED_CHAT, profileKey)
      for (const { messageId, position } of entriesAt(1, 40))
        expect(await known.find(messageId)).toBe(position)
      expect(await known.find(entryAt(41).messageId)).toBeUndefined()
    }
    await rm(dir, { recursive: true })
  })
})
