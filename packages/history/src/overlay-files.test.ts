import { expect, it } from 'vitest'
import { ERASED_CHAT as CHAT, entriesAt, PROFILE_KEY } from '../test/material.ts'
import { runFilesTests } from './files-suite.ts'
import { HistoryLog } from './history-log.ts'
import { MemoryFiles } from './memory-files.ts'
import { OverlayFiles } from './overlay-files.ts'

runFilesTests('overlay', async () => new OverlayFiles(new MemoryFiles()))

it('files that are looked at through an overlay stay as they are, whatever is done', async () => {
  const disk = new MemoryFiles()
  const log = await HistoryLog.open(disk, CHAT, PROFILE_KEY)
  await log.append(entriesAt(1, 5))
  const [path] = [...disk.snapshot().keys()].filter((each) => each.endsWith('.segment'))
  await disk.append(path!, new Uint8Array(9))
  const before = disk.snapshot()
  const files = new OverlayFiles(disk)
  const looked = await HistoryLog.open(files, CHAT, PROFILE_KEY)
  expect([looked.count, looked.damage.map(({ kind }) => kind)]).toEqual([5, ['torn']])
  await looked.append(entriesAt(6, 7))
  expect((await HistoryLog.open(files, CHAT, PROFILE_KEY)).count).toBe(7)
  await looked.remove()
  expect(await files.read(path!)).toBeUndefined()
  expect(disk.snapshot()).toEqual(before)
})
