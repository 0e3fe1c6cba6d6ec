/** Appends to a journal and a history under the profile's lock for ever, and says what is acknowledged. */
import { utf8 } from '@veche/protocol'
import { NodeFiles } from '../src/files.node.ts'
import { HistoryLog } from '../src/history-log.ts'
import { Journal } from '../src/journal.ts'
import { lockProfile } from '../src/lock.node.ts'
import { openProfileKey } from '../src/profile-key.node.ts'
import { CHAT, entriesAt } from './material.ts'

const dir = process.argv[2]!
if (lockProfile(dir).kind === 'busy') throw new Error('the lock of a killed process still holds')
const profileKey = await openProfileKey(dir)
const files = new NodeFiles(dir)
const journal = await Journal.open(files, 'device', profileKey)
const log = await HistoryLog.open(files, CHAT, profileKey)

const last = journal.records.at(-1) ?? journal.snapshot
let number = last === undefined ? 0 : Number(new TextDecoder().decode(last))
for (;;) {
  number++
  await log.append(entriesAt(Number(log.lastPosition) + 1, number))
  if (number % 7 === 0) await journal.rewrite(utf8(String(number)))
  else await journal.append(utf8(String(number)))
  process.stdout.write(`${number}\n`)
}
