/**
 * How long a search of one chat takes: `node packages/history/bench/search.ts [messages]`. Times are medians of five
 * runs on a history that was opened anew.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeFiles } from '../src/files.node.ts'
import type { HistoryEntry } from '../src/history-entry.ts'
import { HistoryLog } from '../src/history-log.ts'
import { CHAT, entryAt, PROFILE_KEY } from '../test/material.ts'
import { randomText } from './vocabulary.ts'

const count = Number(process.argv[2] ?? 100_000)
const REPEATS = 5
const COMMON = 'рассада'

const dir = await mkdtemp(join(tmpdir(), 'veche-search-'))
const files = new NodeFiles(dir)

const filling = await HistoryLog.open(files, CHAT, PROFILE_KEY)
for (let first = 1; first <= count; first += 1_000) {
  const length = Math.min(1_000, count - first + 1)
  await filling.append(Array.from({ length }, (_, index) => entryAt(first + index, textAt(first + index))))
}

await report('a word of 1 message in 25,000, all of them', 'синхрофазотрон', Number.POSITIVE_INFINITY)
await report('the first of those', 'синхрофазотрон', 1)
await report('a word of the oldest message only', 'паровоз', 50)
await report('a word that is nowhere', 'зяблик', 50)
await report('a text that is nowhere, of syllables that are everywhere', 'вечекомалюшисто', 50)
await report('two characters that are nowhere', 'эъ', 50)
await report('one character that is nowhere', '№', 50)
await report('a word of every third message, 50 of them', COMMON, 50)
console.log(`resident: ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`)
await rm(dir, { recursive: true })

function textAt(position: number): string {
  if (position === 1) return 'паровоз'
  if (position % 3 === 0) return `${randomText()} ${COMMON}`
  return position % 25_000 === 20_000 ? `${randomText()} синхрофазотрон` : randomText()
}

async function report(what: string, sought: string, limit: number): Promise<void> {
  const times: number[] = []
  const cpuTimes: number[] = []
  let found: HistoryEntry[] = []
  for (let run = 0; run < REPEATS; run++) {
    const log = await HistoryLog.open(files, CHAT, PROFILE_KEY)
    const startedMs = performance.now()
    const cpuBefore = process.cpuUsage()
    found = []
    for await (const entry of log.search(sought, { limit })) found.push(entry)
    times.push(performance.now() - startedMs)
    const { user, system } = process.cpuUsage(cpuBefore)
    cpuTimes.push((user + system) / 1000)
  }
  const [time, cpu] = [times, cpuTimes].map((all) => median(all).toFixed(1).padStart(7))
  console.log(`${time} ms ${cpu} ms CPU  ${what} (${found.length} found)`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
