/** How long a start takes, and what a server that nobody writes to holds. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BenchServer, Load } from './bench-server.ts'
import { proportionalKib, residentKib } from './process-cost.ts'
import { type Summary, summarize } from './statistics.ts'

const STARTS = 3
const STREAMS = 500
const SETTLE_MS = 2000

/** @param folder an empty folder */
export async function measureStarts(folder: string): Promise<Record<string, Summary>> {
  const first = []
  const later = []
  const idle = []
  for (let run = 0; run < STARTS; run++) {
    const data = join(folder, String(run))
    first.push((await startOnce(data)).ms)
    const { ms, idleMib } = await startOnce(data)
    later.push(ms)
    idle.push(idleMib)
  }
  return {
    firstStartMs: summarize(first),
    laterStartMs: summarize(later),
    idleWithPostgresMib: summarize(idle),
  }
}

/** One run: what is freed in between would hide what the next stream takes. Registering is done before, for it leaves much. */
export async function measureIdleStreams(data: string): Promise<Record<string, Summary>> {
  await using server = await BenchServer.start(data)
  using load = new Load(server.url)
  await load.perform({ kind: 'register', count: 20 })
  await load.perform({ kind: 'idle' }) // warms up
  await load.perform({ kind: 'register', count: STREAMS })
  await sleep(SETTLE_MS)
  const before = residentKib(server.serverPids)
  await load.perform({ kind: 'idle' })
  await sleep(SETTLE_MS)
  return { kibPerIdleDevice: summarize([(residentKib(server.serverPids) - before) / STREAMS]) }
}

async function startOnce(data: string) {
  const started = performance.now()
  await using server = await BenchServer.start(data)
  const ms = performance.now() - started
  await sleep(SETTLE_MS)
  return { ms, idleMib: proportionalKib([...server.serverPids, ...server.postgresPids]) / 1024 }
}
