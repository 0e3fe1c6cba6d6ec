/**
 * How long a search of many small chats takes, none of which has a full segment: `node
 * packages/history/bench/search-chats.ts`. The first search makes their indexes.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatId } from '@veche/protocol'
import { NodeFiles } from '../src/files.node.ts'
import { HistoryLog } from '../src/history-log.ts'
import { entryAt, PROFILE_KEY } from '../test/material.ts'
import { randomText } from './vocabulary.ts'

const CHATS = 200
const MESSAGES = 500
/** As the client does. */
const AT_ONCE = 8

const dir = await mkdtemp(join(tmpdir(), 'veche-search-'))
const files = new NodeFiles(dir)
const logs: HistoryLog[] = []
for (let chat = 0; chat < CHATS; chat++) {
  const log = await HistoryLog.open(files, ChatId.fromBytes(new Uint8Array(16).fill(chat)), PROFILE_KEY)
  await log.append(Array.from({ length: MESSAGES }, (_, at) => entryAt(at + 1, textAt(chat, at))))
  logs.push(log)
}
await report('a word that is nowhere, the first search of all', 'зяблик')
await report('a word that is nowhere', 'зяблик')
await report('a word of one message', 'паровоз')
await report('one character that is nowhere', '№')
await rm(dir, { recursive: true })

function textAt(chat: number, at: number): string {
  return chat === 77 && at === 3 ? 'паровоз' : randomText()
}

async function report(what: string, sought: string): Promise<void> {
  const startedMs = performance.now()
  const cpuBefore = process.cpuUsage()
  for (let start = 0; start < logs.length; start += AT_ONCE) {
    await Promise.all(logs.slice(start, start + AT_ONCE).map((log) => log.search(sought).next()))
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const [time, cpu] = [performance.now() - startedMs, (user + system) / 1000].map((ms) =>
    ms.toFixed(0).padStart(6),
  )
  console.log(`${time} ms ${cpu} ms CPU  ${what}`)
}
