/** F14 on a real file system of 256 KiB, which the caller has mounted: prints what went wrong, or "fine". */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { utf8 } from '@veche/protocol'
import { NodeFiles } from '../src/files.node.ts'
import { NoSpaceError } from '../src/files.ts'
import { HistoryLog } from '../src/history-log.ts'
import { Journal } from '../src/journal.ts'
import { CHAT, entriesAt, PROFILE_KEY } from './material.ts'

const mounted = process.argv[2]!
const dir = await mkdtemp(join(mounted, 'profile-'))
const files = new NodeFiles(dir)
const journal = await Journal.open(files, 'device', PROFILE_KEY)
const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
await journal.append(utf8('kept'))
await log.append(entriesAt(1, 10))
const before = await allFiles()

const ballast = join(mounted, 'ballast')
await writeFile(ballast, new Uint8Array(1024 * 1024)).catch(() => undefined)
// Room for a key, and for the beginning of what follows.
await truncate(ballast, (await stat(ballast)).size - 16_384)
const attempts = [
  () => journal.append(new Uint8Array(40_000)),
  () => journal.rewrite(new Uint8Array(40_000)),
  () => log.append(entriesAt(11, 2_000)),
]
const outcomes: string[] = []
for (const attempt of attempts) {
  const cause = await attempt().catch((cause: unknown) => cause)
  outcomes.push(cause instanceof NoSpaceError ? 'refused' : `not refused: ${cause}`)
}
if ((await allFiles()) !== before) outcomes.push('files changed')

await rm(ballast)
await journal.append(utf8('more'))
await log.append(entriesAt(11, 20))
if ((await Journal.open(files, 'device', PROFILE_KEY)).records.length !== 2) outcomes.push('journal differs')
if ((await HistoryLog.open(files, CHAT, PROFILE_KEY)).count !== 20) outcomes.push('history differs')
process.stdout.write(`${outcomes.join(', ')}\n`)

/** Names and contents of all files of the profile. */
async function allFiles(): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const paths = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  const contents = await Promise.all(paths.sort().map(async (path) => [path, await readFile(path, 'hex')]))
  return JSON.stringify(contents)
}
