/**
 * Makes golden/vN: a small profile as this version writes it, for later versions to open. Run once a format:
 * `node packages/history/test/make-golden.ts v1`
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { utf8 } from '@veche/protocol'
import { NodeFiles } from '../src/files.node.ts'
import { HistoryLog } from '../src/history-log.ts'
import { Journal } from '../src/journal.ts'
import { KnownIds } from '../src/known-ids.ts'
import { changePassphrase, openProfileKey } from '../src/profile-key.node.ts'
import { CHAT, ERASED_CHAT, entriesAt, GOLDEN_PASSPHRASE } from './material.ts'

const dir = fileURLToPath(new URL(`../golden/${process.argv[2]}`, import.meta.url))
// Fails when it is there already: a golden profile is never made again.
mkdirSync(dir)
const files = new NodeFiles(dir)
const profileKey = await openProfileKey(dir)
await changePassphrase(dir, { next: GOLDEN_PASSPHRASE })

const blank = await Journal.open(files, 'blank', profileKey)
await blank.append(utf8('only a record'))
const journal = await Journal.open(files, 'device', profileKey)
await journal.rewrite(utf8('snapshot'))
await journal.append(utf8('first'))
await journal.append(utf8(''))
await journal.append(utf8('third'))

const log = await HistoryLog.open(files, CHAT, profileKey)
await log.append(entriesAt(1, 1_024))
await log.append(entriesAt(1_025, 1_026))

// Of a chat of which messages were erased twice.
const left = await HistoryLog.open(files, ERASED_CHAT, profileKey, 2)
await left.append(entriesAt(41, 43))
const known = await KnownIds.open(files, ERASED_CHAT, profileKey)
await known.add(entriesAt(1, 40))
